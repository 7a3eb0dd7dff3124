"""How the peers are called where our helper and theirs are compared: for benchmarks and tests."""

import numpy as np

from benches.drawn import Given


def captum_ig(model, x, **options):
    """Return Captum's integrated gradients against a baseline of zeros."""
    from captum.attr import IntegratedGradients

    return IntegratedGradients(model).attribute(x, baselines=0, **options)


def raw_grad_cam(model, inputs, target, layer):
    """Return the map of pytorch-grad-cam before its ReLU, scaling and resizing."""
    from pytorch_grad_cam import GradCAM
    from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget

    with GradCAM(model=model, target_layers=[layer]) as theirs:
        outputs = theirs.activations_and_grads(inputs)
        loss = sum(ClassifierOutputTarget(target)(output) for output in outputs)
        loss.backward(retain_graph=True)
        kept = theirs.activations_and_grads
        weights = kept.gradients[0].mean(dim=(2, 3), keepdim=True)  # its number is that of the layer
        return (weights * kept.activations[0]).sum(dim=1, keepdim=True).detach()


def mapie_sets(y, p, new, *, score="lac", seed=0, **options):
    """Return MAPIE's 90% prediction sets, boolean `(n, K)`; `options` such as include_last_label."""
    from mapie.classification import SplitConformalClassifier

    model = SplitConformalClassifier(
        Given(p.shape[1]), confidence_level=0.9, conformity_score=score, prefit=True, random_state=seed
    )
    return model.conformalize(p, y).predict_set(new, conformity_score_params=options)[1][:, :, 0]


def crepes_sets(y, p, new, *, by_class=False):
    """Return crepes' 90% prediction sets, boolean `(n, K)`."""
    from crepes import ConformalClassifier

    scores, new_scores = 1 - p[np.arange(len(y)), y], 1 - new
    if not by_class:
        return ConformalClassifier().fit(scores).predict_set(new_scores, confidence=0.9, smoothing=False) == 1
    mondrian = ConformalClassifier().fit(scores, bins=y)
    columns = [
        mondrian.predict_set(new_scores[:, c], bins=np.full(len(new), c), confidence=0.9, smoothing=False)
        for c in range(p.shape[1])
    ]
    return np.column_stack(columns) == 1


def mapie_recall(p, y, cut_offs):
    """Return MAPIE's largest cut-off on p that misses at most a tenth of each patient's findings, on average."""
    from mapie.risk_control import MultiLabelClassificationController

    controller = MultiLabelClassificationController(
        lambda table: table, risk="recall", method="crc", target_level=0.9, predict_params=cut_offs
    )
    return controller.calibrate(p, y.astype(int)).best_predict_param[0]
