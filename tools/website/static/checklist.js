/* The checklist as a form of a page. The verdict follows the same rules, in the same words, as
   clinxai_teach/checklist/verdict.py: a test compares both on random answers. */
"use strict";

clinxai.verdict = (texts, answers) => {
  const named = (evidence) => [...evidence].filter((sign) => /[\p{L}\p{N}]/u.test(sign)).length >= texts.fewestSigns;
  const counts = ([answer, evidence]) => !["yes", "not applicable"].includes(answer) || named(evidence);
  const stops = (n) => texts.stopping.includes(texts.questions[n - 1].group) || texts.stoppingNo.includes(n);
  const listed = (found) => found.join(", ") || "none";
  const given = Object.fromEntries(Object.entries(answers).filter(([, answer]) => counts(answer)));
  const judge = (per) => {
    const asked = texts.questions.filter((question) => !per || question.per === per).map((question) => question.number);
    const withAnswer = (name) => asked.filter((n) => given[n]?.[0] === name);
    const [no, unknown] = [withAnswer("no"), withAnswer("unknown")];
    const missing = asked.filter((n) => !given[n]);
    const [stopNo, stopUnknown] = [no.filter(stops), unknown.filter(stops)];
    const alone = "Do not act on the output alone (no weight yet): unknown in A to D, or at 15 or 16, question(s) " +
      `${listed(stopUnknown)}. Until this is answered, decide as if you had not seen the output. Get the model card or ` +
      "the validation report, or ask the tool's owner or the team responsible for AI.";
    const care = "Usual care goes on: look at the patient, and decide on what you find.";
    if (stopNo.length) {
      const text = `Do not use the output for this decision: "no" to question(s) ${listed(stopNo)}.`;
      const open = ` Also open (unknown): question(s) ${listed(stopUnknown)}.`;
      return `${text}${stopUnknown.length ? open : ""} ${care}`;
    }
    if (stopUnknown.length) return `${alone} ${care}`;
    if (missing.length) {
      const open = `no answer yet to question(s) ${listed(missing)}.`;
      const patients = missing.every((n) => texts.questions[n - 1].per === "patient");
      return patients && !per ? `For the tool: ${judge("tool")} For a patient, not finished: ${open}` : `Not finished: ${open}`;
    }
    if (no.length || unknown.length) {
      return "Use with care: one piece of information beside your own assessment, which you note first. " +
        `Settle: ${listed([...no, ...unknown].sort((a, b) => a - b))}.`;
    }
    const end = `${texts.stays} ${texts.beyond}`;
    return per === "tool"
      ? `Ready to use, if 2, 9 and 10 have their papers and no known no; six questions are asked per patient. ${end}`
      : `Ready to use, as one piece of evidence. ${end}`;
  };
  return judge(null);
};

clinxai.checklist = (texts) => {
  const { make, kept, newId } = clinxai;
  clinxai.checklists.forEach(([place, data], index) => {
    const key = `clinxai checklist ${location.pathname.split("/").pop()} ${index}`;
    const empty = { tool: data.tool, version: "", name: "", date: "", answers: data.answers };
    let filled = kept(key) || structuredClone(empty);

    const verdict = make("div", { role: "status" });
    const say = () => {
      kept(key, filled);
      verdict.textContent = `Verdict so far: ${clinxai.verdict(texts, filled.answers)}`;
    };
    const drawn = [];
    const field = (label, value, write) => {
      const id = newId();
      const input = make("input", { type: "text", id });
      input.addEventListener("input", () => { write(input.value); say(); });
      drawn.push(() => { input.value = value(); });
      return make("p", {}, make("label", { for: id }, `${label} `), input);
    };
    for (const name of ["tool", "version", "name", "date"]) {
      const label = { tool: "Tool:", version: "Version of the tool:", name: "Your name:", date: "Date:" }[name];
      place.append(field(label, () => filled[name], (value) => { filled[name] = value; }));
    }
    for (const [letter, title] of Object.entries(texts.groups)) {
      const group = make("details", { open: letter === "A" }, make("summary", {}, `${letter} ${title}`));
      for (const question of texts.questions.filter((one) => one.group === letter)) group.append(questionFace(question));
      place.append(group);
    }

    function questionFace(question) {
      const n = question.number;
      const per = question.per === "tool" ? "once per tool" : "for each patient";
      const box = make("fieldset", {}, make("legend", {}, `${n}. ${question.question} (${per})`));
      box.append(make("details", {}, make("summary", {}, "What to look for, and the red flag"),
        `${question.evidence} `, make("b", {}, "Red flag: "), question.red_flag));
      const words = { yes: "yes", no: "no", unknown: "I don't know", "not applicable": "not applicable", "": "not answered" };
      if (!texts.mayNotApply.includes(n)) delete words["not applicable"];
      const group = newId();
      for (const [answer, word] of Object.entries(words)) {
        const input = make("input", { type: "radio", name: group, value: answer });
        input.addEventListener("change", () => {
          if (answer) filled.answers[n] = [answer, filled.answers[n]?.[1] || evidence.value];
          else delete filled.answers[n];
          say();
        });
        drawn.push(() => { input.checked = (filled.answers[n]?.[0] || "") === answer; });
        box.append(make("label", {}, input, ` ${word} `));
      }
      const id = newId();
      const evidence = make("input", { type: "text", id });
      evidence.addEventListener("input", () => { if (filled.answers[n]) { filled.answers[n][1] = evidence.value; say(); } });
      drawn.push(() => { evidence.value = filled.answers[n]?.[1] || ""; });
      box.append(make("p", {}, make("label", { for: id }, `Evidence for ${n}: `), evidence));
      return box;
    }

    const button = (label, act) => {
      const element = make("button", { type: "button" }, label);
      element.addEventListener("click", act);
      return element;
    };
    const draw = () => { drawn.forEach((one) => one()); say(); };
    const open = make("input", { type: "file", accept: ".json", id: newId() });
    const trouble = make("div", { role: "status" });
    open.addEventListener("change", async () => {
      try {
        filled = clinxai.checklistFrom(JSON.parse(await open.files[0].text()), texts);
        trouble.textContent = "";
        draw();
      } catch {
        trouble.textContent = "This file is no saved checklist of this course. Nothing was changed.";
      }
    });
    place.append(make("p", {}, make("b", {}, texts.notice)), verdict, make("p", {},
      button("Save to a file", () => save(filled)),
      button("Print", () => { place.querySelectorAll("details").forEach((one) => { one.open = true; }); window.print(); }),
      button("Start again", () => { filled = structuredClone(empty); draw(); })),
    make("p", {}, make("label", { for: open.id }, "Open a saved one: "), open), trouble);
    draw();
  });

  function save(filled) {
    const answers = Object.entries(filled.answers).map(([n, [answer, evidence]]) => [n, { answer, evidence }]);
    const content = { format: texts.format, ...filled, answers: Object.fromEntries(answers) };
    const address = URL.createObjectURL(new Blob([JSON.stringify(content, null, 2)], { type: "application/json" }));
    make("a", { href: address, download: `checklist ${filled.tool || "of a tool"}.json` }).click();
    setTimeout(() => URL.revokeObjectURL(address), 1000);
  }
};

/* What `Checklist.to_json()` or this page saved, as the form holds it; anything else throws. */
clinxai.checklistFrom = (content, texts) => {
  if (content.format !== texts.format) throw new Error("another format");
  const filled = { answers: {} };
  for (const name of ["tool", "version", "name", "date"]) filled[name] = String(content[name]);
  for (const [n, { answer, evidence }] of Object.entries(content.answers)) {
    if (!texts.questions[n - 1] || !["yes", "no", "unknown", "not applicable"].includes(answer)) throw new Error("bad answer");
    filled.answers[n] = [answer, String(evidence || "")];
  }
  return filled;
};

document.head.append(clinxai.make("script", { src: new URL("checklist.json.js", clinxai.root).href }));
