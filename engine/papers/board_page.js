"use strict";
// Shows the matters that all chosen filters agree on. Cell texts are only ever compared, never turned into markup.
(() => {
  const names = ["light", "unit", "section", "leader"];
  const filters = names.map((name) => document.getElementById(name));
  const word = document.getElementById("word");
  const count = document.getElementById("count");
  const matters = [...document.querySelectorAll("#matters > details")];
  const show = () => {
    const wanted = word.value.trim().toLowerCase();
    let shown = 0;
    for (const matter of matters) {
      const chosen = names.every((name, at) => !filters[at].value || matter.dataset[name] === filters[at].value);
      matter.hidden = !(chosen && (!wanted || matter.textContent.toLowerCase().includes(wanted)));
      shown += matter.hidden ? 0 : 1;
    }
    count.textContent = String(shown);
  };
  const form = document.querySelector(".filters");
  form.addEventListener("input", show);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(show));
  show();
})();
