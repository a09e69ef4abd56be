// Scenes: a presenter goes on with Space or PageDown, and back with PageUp.

import { find } from "./dom.js";
import { fromScene } from "./state.js";

export function bar(lab) {
  const { scenes, state } = lab;
  find("scene").hidden = scenes.length === 0;
  if (!scenes.length) return;
  const now = state.scene;
  const counted = now === null ? `${scenes.length} scenes: Space begins` : `${now + 1}/${scenes.length}  ${scenes[now]?.caption ?? ""}`;
  find("caption").textContent = counted;
  find("back").onclick = () => go(lab, -1);
  find("forward").onclick = () => go(lab, 1);
}

export function go(lab, step) {
  const { scenes, state } = lab;
  if (!scenes.length) return;
  const next = state.scene === null ? 0 : Math.min(Math.max(state.scene + step, 0), scenes.length - 1);
  const known = { ...scenes[next] };
  if (known.models) {
    known.models = known.models.filter((key) => lab.models.has(key));
    if (!known.models.length) delete known.models;
  }
  lab.replace({ ...fromScene(known, state), scene: next });
}
