// The page of a mesh that runs: shows what the server tells, and sends it what is chosen.

import { byId, embedded } from "page/elements";
import { showPicture, whenOpened } from "page/picture";
import { openProxy, proxiesOf } from "page/proxies";
import { followStages, showChange, showStages } from "page/stages";
import { showTable } from "page/table";
import { followTraffic, showTraffic } from "page/traffic";

const token = document.querySelector("meta[name=token]").content;

/** Changes something; throws with what the server says if it refuses. */
async function post(path, body) {
  const response = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Walkthrough-Token": token },
    body: JSON.stringify(body),
  });
  const answer = await response.json();
  if (!response.ok) {
    throw new Error(answer.error);
  }
  return answer;
}

function show(state) {
  showPicture(state);
  showTable(state);
  showStages(state);
  proxiesOf(state);
  const failure = byId("failure");
  failure.textContent = state.failure ?? "";
  failure.hidden = !state.failure;
  performance.mark("shown", { detail: state.runs[0].stage });
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
    show(state);
  });
  on("switch", showChange);
  on("traffic", showTraffic);
  events.addEventListener("error", () => {
    connection.textContent = "not connected: ./walkthrough up has ended, or this machine slept";
    connection.hidden = false;
  });
  return events;
}

show(embedded());
followStages(post);
followTraffic(post);
whenOpened(openProxy);
follow();
