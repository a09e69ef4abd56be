// What the view Inside looks into: the first of the chosen models that can be opened.

export function looked(state, lab) {
  const opens = (key) => lab.models.get(key)?.cells || lab.models.get(key)?.heads;
  const model = state.models.find(opens) ?? state.models[0];
  const { cells, heads } = lab.models.get(model) ?? {};
  return { model, cells, heads };
}
