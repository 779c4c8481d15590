// A finished run in one file: every stage can be chosen, and nothing is asked of a server.

import { byId, embedded, html } from "page/elements";
import { showPicture } from "page/picture";
import { showTable } from "page/table";
import { stageOf, whatOf } from "page/words";

const states = embedded();

function show(state) {
  showPicture(state);
  showTable(state);
  const { variant } = state.runs[0];
  byId("variant").hidden = !variant;
  byId("variant").replaceChildren("variant ", html("b", {}, variant ?? ""));
  document
    .querySelectorAll("button[data-stage]")
    .forEach((button, i) => button.setAttribute("aria-pressed", states[i] === state));
}

const groups = new Map();
for (const state of states) {
  const name = state.runs[0].variant ?? state.runs[0].mesh;
  groups.set(name, [...(groups.get(name) ?? []), state]);
}

groups.forEach((group, name) => {
  byId("stages").append(
    html(
      "div",
      { class: "buttons", role: "group", "aria-label": `Stages of ${name}` },
      groups.size > 1 ? html("span", { class: "group" }, name) : null,
      ...group.map((state) => {
        const button = html("button", { type: "button", "data-stage": stageOf(state.runs[0]) }, stageOf(state.runs[0]));
        button.addEventListener("click", () => {
          show(state);
          byId("said").textContent = `${whatOf(state.runs[0])} ${stageOf(state.runs[0])}.`;
        });
        return button;
      }),
    ),
  );
});
show(states[0]);
