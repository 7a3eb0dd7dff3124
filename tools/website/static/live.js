/* Makes sliders, questions and the checklist of a page live. Every state of an explorer was drawn when the site was
   built: this script only shows the picture and the words of the state that the controls say. It works from a file,
   loads nothing from elsewhere, and keeps answers in this browser only. */
"use strict";

window.clinxai = (() => {
  const root = new URL("..", document.currentScript.src);
  const waiting = new Map(); // explorers whose states are on their way
  const MOST_PIXELS = 8e6; // that an explorer keeps unpacked: 32 MB

  /* ---- small helpers ---- */

  function make(name, attributes = {}, ...children) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (value !== undefined && value !== false) element.setAttribute(key, value === true ? "" : value);
    }
    element.append(...children);
    return element;
  }

  function kept(key, value) { // private windows may forbid storage: then nothing is kept
    try {
      if (value === undefined) return JSON.parse(localStorage.getItem(key));
      if (value === null) localStorage.removeItem(key);
      else localStorage.setItem(key, JSON.stringify(value));
    } catch { /* the page works without it */ }
    return null;
  }

  function script(address) {
    document.head.append(make("script", { src: address }));
  }

  function idle() { // Safari lacks the first; there a short pause lets the frame be painted
    return new Promise((done) => (window.requestIdleCallback ? requestIdleCallback(done, { timeout: 300 }) : setTimeout(done, 20)));
  }

  let numbers = 0;
  const newId = () => `live-${++numbers}`;

  /* ---- a question ---- */

  function question(place, data, key, unlock) {
    const name = newId();
    const group = make("fieldset", {}, make("legend", {}, make("b", {}, "Question. "), data.prompt));
    const inputs = data.options.map((text, number) => {
      const input = make("input", { type: "radio", name, value: number });
      group.append(make("label", {}, input, make("span", {}, text)));
      return input;
    });
    const lock = make("button", { type: "button", disabled: true }, "Lock in my answer");
    const again = make("button", { type: "button", hidden: true }, "Start again");
    const feedback = make("div", { role: "status" });
    const show = (choice) => {
      inputs.forEach((input, number) => { input.checked = number === choice; input.disabled = choice !== null; });
      lock.disabled = true;
      lock.hidden = choice !== null;
      again.hidden = choice === null;
      feedback.textContent = choice === null ? "" : data.feedback[choice];
      place.classList.toggle("right", choice === data.right);
      unlock(choice !== null);
    };
    inputs.forEach((input) => input.addEventListener("change", () => { lock.disabled = false; }));
    lock.addEventListener("click", () => {
      const choice = inputs.findIndex((input) => input.checked);
      kept(key, { prompt: data.prompt, choice });
      show(choice);
      again.focus();
    });
    again.addEventListener("click", () => { kept(key, null); show(null); inputs[0].focus(); });
    place.append(group, make("p", {}, lock, again), feedback);
    const before = kept(key);
    // An answer to an earlier wording is not an answer to this one.
    show(before && before.prompt === data.prompt && data.feedback[before.choice] ? before.choice : null);
  }

  /* ---- a closed exercise ---- */

  function exercise(place, data, key) {
    const parts = data.parts.map((part) => ({ choices: choicesPart, pairs: pairsPart, number: numberPart, text: textPart })[part.kind](part));
    const written = data.parts[0].kind === "text"; // nobody judges it: the reader compares
    const feedback = make("div", { role: "status" });
    const check = make("button", { type: "button" }, written ? "Show the model answer" : "Check my answer");
    const hint = make("button", { type: "button", hidden: !data.hints.length }, "Hint");
    const reveal = make("button", { type: "button", hidden: true }, "Show the answer");
    const again = make("button", { type: "button" }, "Start again");
    const say = (lines) => feedback.replaceChildren(...lines.map((line) => make("p", {}, line)));
    let hinted = 0;
    hint.addEventListener("click", () => {
      const number = hinted++ % data.hints.length;
      say([`Hint ${number + 1} of ${data.hints.length}. ${data.hints[number]}`]);
      place.classList.remove("right");
    });
    check.addEventListener("click", () => {
      const lines = parts.flatMap((part) => part.judge());
      const right = lines.length === 0 && !written;
      if (written && lines.length === 0) say([...parts.flatMap((part) => part.solution()), data.why]);
      else say(right ? [`Right. ${data.why}`] : lines);
      place.classList.toggle("right", right);
      reveal.hidden = right || written;
      kept(key, { name: data.name, answers: parts.map((part) => part.answer()) });
    });
    reveal.addEventListener("click", () => say([...parts.flatMap((part) => part.solution()), data.why]));
    again.addEventListener("click", () => {
      parts.forEach((part) => part.set(null));
      say([]);
      kept(key, null);
      place.classList.remove("right");
      reveal.hidden = true;
      hinted = 0;
    });
    place.append(...parts.map((part) => part.element), make("p", {}, check, hint, reveal, again), feedback);
    const before = kept(key);
    if (before && before.name === data.name) parts.forEach((part, n) => part.set(before.answers[n]));
  }

  const named = (part) => (part.name ? `${part.name}: ` : "");

  function textPart(part) {
    const id = newId();
    const input = make("textarea", { id, rows: 6 });
    return {
      element: make("p", {}, make("label", { for: id }, "Your answer"), " ", input),
      answer: () => input.value,
      set: (answer) => { input.value = answer || ""; },
      judge: () => (input.value.trim() ? [] : ["Write your own answer first."]),
      solution: () => ["A model answer:", ...part.model.split("\n\n")],
    };
  }

  function choicesPart(part) {
    const name = newId();
    const inputs = part.options.map(() => make("input", { type: part.single ? "radio" : "checkbox", name }));
    const labels = part.options.map(([text], n) => make("label", {}, inputs[n], make("span", {}, text)));
    const legend = part.single ? "Choose one." : "Choose all that belong.";
    return {
      element: make("fieldset", {}, make("legend", {}, legend), ...labels),
      answer: () => inputs.map((input) => input.checked),
      set: (answer) => inputs.forEach((input, n) => { input.checked = Boolean(answer && answer[n]); }),
      judge: () => {
        if (!inputs.some((input) => input.checked)) return ["Nothing is chosen yet."];
        const lines = part.options.flatMap(([text, right, reason], n) => (inputs[n].checked && !right ? [`Not “${text}”: ${reason}`] : []));
        const missing = part.options.filter(([, right], n) => right && !inputs[n].checked).length;
        if (missing && !part.single) lines.push(`${missing} that belong there ${missing === 1 ? "is" : "are"} still missing.`);
        return lines;
      },
      solution: () => part.options.map(([text, right, reason]) => `${right ? "✓" : "–"} ${text} ${reason}`),
    };
  }

  function pairsPart(part) {
    const selects = part.cases.map(([text], n) => {
      const options = ["", ...part.labels].map((label) => make("option", { value: label }, label || "choose …"));
      return make("select", { "aria-label": `Case ${n + 1}: ${text}` }, ...options);
    });
    const rows = part.cases.map(([text], n) => make("li", {}, make("span", {}, `${text} `), selects[n]));
    const wrong = () => part.cases.flatMap(([, labels], n) => (labels.includes(selects[n].value) ? [] : [n + 1]));
    return {
      element: make("ol", {}, ...rows),
      answer: () => selects.map((select) => select.value),
      set: (answer) => selects.forEach((select, n) => { select.value = answer ? answer[n] : ""; }),
      judge: () => {
        const open = selects.filter((select) => !select.value).length;
        if (open) return [`${open} of ${selects.length} have no answer yet.`];
        const found = wrong();
        return found.length ? [`${selects.length - found.length} of ${selects.length} fit. Look again at: ${found.join(", ")}.`] : [];
      },
      solution: () => part.cases.map(([text, labels, reason], n) => `${n + 1}. ${labels.join(" or ")}. ${reason}`),
    };
  }

  function numberPart(part) {
    const id = newId();
    const input = make("input", { type: "text", inputmode: "decimal", id, autocomplete: "off" });
    const value = () => {
      const text = input.value.trim().replace(",", ".");
      return text.endsWith("%") ? Number(text.slice(0, -1)) / 100 : text === "" ? NaN : Number(text);
    };
    return {
      element: make("p", {}, make("label", { for: id }, part.name || "Your number"), " ", input),
      answer: () => input.value,
      set: (answer) => { input.value = answer || ""; },
      judge: () => {
        const given = value();
        if (Number.isNaN(given)) return [`${named(part)}write a number, such as 0.25 or 25%.`];
        if (Math.abs(given - part.value) <= part.tolerance + 1e-12) return [];
        const known = part.wrong.find(([other]) => Math.abs(given - other) <= part.tolerance + 1e-12);
        return [`${named(part)}${known ? known[1] : `${input.value} is too ${given < part.value ? "low" : "high"}.`}`];
      },
      solution: () => [`${named(part)}${Number(part.value.toPrecision(4))}`],
    };
  }

  /* ---- an explorer ---- */

  function explorer(place, data) {
    const address = new URL(`live/${data.key}/`, root);
    waiting.set(data.key, (states) => drawExplorer(place, states, address, data.only));
    // Its files are fetched when it comes into view, or nearly.
    new IntersectionObserver((entries, watch) => {
      if (entries.some((entry) => entry.isIntersecting)) {
        watch.disconnect();
        script(new URL("states.js", address).href);
      }
    }, { rootMargin: "400px" }).observe(place);
  }

  function drawExplorer(place, data, address, only) { // `only`: the labels of the controls to show, on a slide
    const at = data.controls.map((control) => control.start);
    // The layers meet on a canvas, at the size at which they were drawn: made smaller one by one, their edges would show.
    const canvas = make("canvas", { class: "picture", width: data.width, height: data.height });
    const brush = canvas.getContext("2d");
    const words = make("div", { role: "status", class: "words" });
    const pictures = new Map(); // by name, the latest last: an image, and its pixels once they are unpacked
    let pixels = 0; // of all that are unpacked
    let wanted = []; // names, the next move's first
    let shown = -1;
    let last = { c: 0, step: 1 }; // the control that was moved, and to which side
    let busy = false;
    let wake = () => {};

    const numberOf = (places) => places.reduce((sum, n, c) => sum * data.controls[c].texts.length + n, 0);
    const namesOf = (number) => ["base", ...data.layers.map((forms, layer) => `${layer}-${forms[number]}`)];
    const near = () => { // the states that the next moves can show, the likeliest first
      const numbers = [];
      const add = (c, n) => {
        if (n >= 0 && n < data.controls[c].texts.length) numbers.push(numberOf(at.map((old, i) => (i === c ? n : old))));
      };
      [1, 2, -1, 3].forEach((step) => add(last.c, at[last.c] + step * last.step));
      data.controls.forEach((control, c) => {
        const places = control.kind === "range" ? [at[c] + 1, at[c] - 1] : control.texts.keys();
        for (const n of places) add(c, n);
      });
      return numbers;
    };
    const fetched = (name) => {
      if (!pictures.has(name)) {
        const image = new Image();
        const loaded = new Promise((done) => { image.onload = () => done(true); image.onerror = () => done(false); });
        image.src = new URL(`${name}.webp`, address).href;
        pictures.set(name, { image, loaded });
      }
      return pictures.get(name);
    };
    const ready = (name) => pictures.get(name)?.bitmap !== undefined;
    const draw = () => { // at once if all is unpacked; if not, `unpack` comes back
      const number = numberOf(at);
      const names = namesOf(number);
      if (shown === number || !names.every(ready)) return;
      shown = number;
      const found = names.map((name) => pictures.get(name).bitmap);
      const whole = found.every(Boolean);
      brush.clearRect(0, 0, data.width, data.height);
      if (whole) found.forEach((bitmap, n) => brush.drawImage(bitmap, ...(n ? data.corners[n - 1] : [0, 0])));
      words.textContent = (whole ? "" : "The picture could not be loaded. ") + data.words[number];
      place.dataset.state = number;
    };
    const unless = (later) => Promise.race([later, new Promise((done) => { wake = done; })]); // a move wakes what waits
    // The pictures of the state that the controls say are unpacked at once. Those of the next moves are fetched and unpacked
    // one by one while the browser has nothing else to do: so no key, and no frame, waits for them.
    const unpack = async () => {
      if (busy) return;
      busy = true;
      for (;;) {
        if (shown === numberOf(at)) {
          await unless(idle());
          wanted.forEach(fetched);
        }
        const name = wanted.find((one) => !ready(one));
        if (!name) break;
        const picture = fetched(name);
        const loaded = await unless(picture.loaded);
        if (loaded === undefined) continue; // a move came first
        picture.bitmap = loaded ? await createImageBitmap(picture.image) : null;
        pixels += picture.image.width * picture.image.height;
        draw();
      }
      busy = false;
      for (const [name, picture] of pictures) {
        if (pixels <= MOST_PIXELS) break;
        if (wanted.includes(name)) continue;
        pixels -= picture.image.width * picture.image.height;
        picture.bitmap?.close();
        pictures.delete(name);
      }
    };
    const show = () => {
      const number = numberOf(at);
      draw();
      if (shown !== number) namesOf(number).forEach(fetched);
      wanted = [...new Set([number, ...near()].flatMap(namesOf))];
      wake();
      unpack();
    };
    const move = (c, n) => {
      last = { c, step: Math.sign(n - at[c]) || 1 };
      at[c] = n;
      show();
    };
    const faces = data.controls.map((control, c) => controlFace(control, (n) => move(c, n)));
    const shows = ({ label }) => !only || only.includes(label);
    const row = make("div", { class: "controls" }, ...faces.flatMap((face, c) => (shows(data.controls[c]) ? face.element : [])));
    for (const button of data.buttons.filter(shows)) {
      const element = make("button", { type: "button" }, button.label);
      element.addEventListener("click", () => {
        let number = button.to[numberOf(at)];
        for (let c = at.length - 1; c >= 0; c--) {
          const length = data.controls[c].texts.length;
          at[c] = number % length;
          number = Math.floor(number / length);
          faces[c].set(at[c]);
        }
        show();
      });
      row.append(element);
    }
    // On a phone the picture keeps a size that can be read, and scrolls to the side.
    const frame = make("div", { class: "frame", tabindex: 0, role: "group", "aria-label": data.title }, canvas);
    place.append(row, frame, words);
    const thinned = data.controls.filter((control) => control.thinned).map((control) => control.label);
    if (thinned.length) {
      const note = `On this page some sliders move in larger steps than in the notebook: ${thinned.join("; ")}.`;
      place.append(make("p", { class: "note" }, note));
    }
    show();
  }

  /* A control: its element, and `set` to move it from outside. `moved` gets the number of the new value. */
  function controlFace(control, moved) {
    const id = newId();
    if (control.kind === "range") {
      const input = make("input", { type: "range", id, min: 0, max: control.texts.length - 1, step: 1 });
      const value = make("output", { for: id });
      const set = (n) => {
        input.value = n;
        value.textContent = control.texts[n];
        input.setAttribute("aria-valuetext", control.texts[n]);
      };
      input.addEventListener("input", () => { set(Number(input.value)); moved(Number(input.value)); });
      set(control.start);
      return { element: make("div", { class: "control" }, make("label", { for: id }, control.label), input, value), set };
    }
    if (control.kind === "toggle") {
      const input = make("input", { type: "checkbox", id });
      input.addEventListener("change", () => moved(Number(input.checked)));
      const set = (n) => { input.checked = n === 1; };
      set(control.start);
      return { element: make("div", { class: "control" }, input, make("label", { for: id }, control.label)), set };
    }
    const inputs = control.texts.map((text, n) => {
      const input = make("input", { type: "radio", name: id, value: n });
      input.addEventListener("change", () => moved(n));
      return input;
    });
    const labels = inputs.map((input, n) => make("label", {}, input, make("span", {}, control.texts[n])));
    const set = (n) => { inputs[n].checked = true; };
    set(control.start);
    return { element: make("fieldset", { class: "control" }, make("legend", {}, control.label), ...labels), set };
  }

  /* ---- the page ---- */

  function start() {
    // Escape closes the tooltip of a glossary's term, until it is pointed at or reached again.
    const terms = document.querySelectorAll("a.term");
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape") terms.forEach((term) => term.classList.add("closed"));
    });
    for (const term of terms) {
      for (const again of ["mouseenter", "focus"]) term.addEventListener(again, () => term.classList.remove("closed"));
    }
    const page = document.documentElement.dataset.page || location.pathname.split("/").pop();
    document.querySelectorAll(".live-cell").forEach((cell, number) => {
      const twin = cell.querySelector(".static");
      const marks = [...cell.querySelectorAll(".live")];
      const waits = marks.filter((mark) => JSON.parse(mark.dataset.live).wait);
      for (const mark of waits) mark.before(make("p", { class: "wait" }, "The sliders and their picture appear here when your answer is locked in."));
      const unlock = (open) => {
        for (const mark of waits) {
          mark.hidden = !open;
          mark.previousElementSibling.hidden = open;
        }
      };
      // On paper, an explorer that was not drawn yet shows the picture and the words of its start.
      const starts = twin ? [...twin.querySelectorAll("img")] : [];
      for (const mark of marks.filter((one) => one.dataset.kind === "explorer")) {
        const start = starts.shift();
        if (start) mark.after(make("div", { class: "on-paper" }, start, make("p", {}, start.alt)));
      }
      twin?.remove();
      marks.forEach((mark, index) => {
        const data = JSON.parse(mark.dataset.live);
        mark.classList.add(`live-${mark.dataset.kind}`);
        if (mark.dataset.kind === "question") question(mark, data, `clinxai ${page} ${number}.${index}`, unlock);
        if (mark.dataset.kind === "exercise") exercise(mark, data, `clinxai ${data.name}`);
        if (mark.dataset.kind === "explorer") explorer(mark, data);
        if (mark.dataset.kind === "checklist") checklists.push([mark, data]);
      });
    });
    if (checklists.length || document.querySelector(".checklist-page")) {
      document.querySelectorAll(".checklist-page").forEach((place) => checklists.push([place, { tool: "", answers: {} }]));
      document.head.append(make("script", { src: new URL("_static/checklist.js", root).href }));
    }
  }

  const checklists = [];
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();

  return {
    baked: (key, states) => waiting.get(key)?.(states),
    make, kept, newId, script, root, checklists,
  };
})();
