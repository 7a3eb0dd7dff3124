"""What `make lab` asks of Jupyter's server, so that a picture follows a slider at once."""

from typing import Any

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection


class PromptConnection(ZMQChannelsWebsocketConnection):
    """A kernel's connection to the browser that sends each message when it has it.

    By default the system holds a small message back until the browser has confirmed the one before (Nagle's
    algorithm, RFC 896), and the browser's system may let 40 ms pass before it confirms. Nearly every second move of
    a slider waited for this. The option that asks for it is in the Makefile.
    """

    def connect(self) -> Any:
        """Open the connection, without that delay."""
        self.websocket_handler.set_nodelay(True)
        return super().connect()
