// Questions to the lab: the last one of a kind alone is answered.

const going = new Map();

export class Refused extends Error {}

export async function about() {
  return read(await fetch("/about"));
}

// Ask; gives null where a later question of the same kind came meanwhile.
export async function ask(kind, question, path = kind) {
  going.get(kind)?.abort();
  const control = new AbortController();
  going.set(kind, control);
  try {
    const answer = await read(await post(path, question, control.signal));
    return going.get(kind) === control ? answer : null;
  } catch (error) {
    if (control.signal.aborted) return null;
    throw error;
  }
}

// Yield each token that a model writes.
export async function* write(question, signal) {
  const answer = await post("write", question, signal);
  if (!answer.ok) await read(answer);
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const lines = (rest + value).split("\n");
    rest = lines.pop();
    for (const line of lines) {
      const told = JSON.parse(line);
      if (told.error) throw new Refused(told.error);
      yield told.piece;
    }
  }
}

function post(path, question, signal) {
  const headers = { "content-type": "application/json" };
  return fetch(`/${path}`, { method: "POST", headers, body: JSON.stringify(question), signal });
}

async function read(answer) {
  if (answer.headers.get("content-type")?.startsWith("application/json")) {
    const data = await answer.json();
    if (answer.ok) return data;
    throw new Refused(data.error);
  }
  throw new Refused((await answer.text()).trim());
}
