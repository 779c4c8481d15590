// The page of a mesh that runs: shows what the server tells, and sends it what is chosen.

import { byId, embedded } from "page/elements";
import { showPicture, whenOpened } from "page/picture";
import { followProxies, openProxy, proxiesOf } from "page/proxies";
import { followStages, showChange, showStages } from "page/stages";
import { showTable } from "page/table";
import { followTraffic, showTraffic } from "page/traffic";

const NOT_CONNECTED = "not connected: ./walkthrough up has ended, or this machine slept";

const token = document.querySelector("meta[name=token]").content;

/** What only a server can do is offered while one is there that has not failed. */
function offer(isThere) {
  document.querySelectorAll("fieldset.asks").forEach((fieldset) => (fieldset.disabled = !isThere));
}

/** Asks the server; throws with what it says if it refuses. */
async function ask(path, options) {
  const response = await fetch(path, options).catch(() => {
    throw new Error(NOT_CONNECTED);
  });
  const answer = await response.json();
  if (!response.ok) {
    throw new Error(answer.error);
  }
  return answer;
}

const post = (path, body) =>
  ask(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Walkthrough-Token": token },
    body: JSON.stringify(body),
  });

let shown = null;
let told = 0;

function show(state) {
  shown = state;
  offer(!state.failure);
  showPicture(state);
  showTable(state);
  showStages(state);
  proxiesOf(state);
  const failure = byId("failure");
  failure.textContent = state.failure ?? "";
  failure.hidden = !state.failure;
  performance.mark("shown", { detail: state.runs[0].stage });
}

/** Switches, and shows what has become of it, even if a browser is slow to hand on the event that tells it. */
async function switchStage(body) {
  const { runs } = await post("/api/stage", body);
  if (JSON.stringify(runs) !== JSON.stringify(shown.runs)) {
    const before = told;
    const state = await ask("/api/state");
    if (told === before) {
      show(state);
    }
  }
}

/** Follows what happens while somebody can see it: a browser has few connections to a server. */
function follow() {
  let events = null;
  const look = () => {
    if (document.hidden) {
      events?.close();
      events = null;
    } else {
      events ??= connect();
    }
  };
  document.addEventListener("visibilitychange", look);
  look();
}

function connect() {
  const events = new EventSource("/api/events");
  const on = (name, listener) => events.addEventListener(name, (event) => listener(JSON.parse(event.data)));
  const connection = byId("connection");
  on("state", (state) => {
    connection.hidden = true;
    told++;
    show(state);
  });
  on("switch", showChange);
  on("traffic", showTraffic);
  events.addEventListener("error", () => {
    offer(false);
    connection.textContent = NOT_CONNECTED;
    connection.hidden = false;
  });
  return events;
}

show(embedded());
followStages(switchStage);
followTraffic(post);
followProxies(ask);
whenOpened(openProxy);
follow();
