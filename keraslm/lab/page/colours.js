// Models have colours and marks of their own: colour alone never tells them apart.

export const MARKS = ["●", "■", "▲", "◆", "✚"];

export function look(lab, key) {
  const model = lab.models.get(key);
  if (model?.truth) return { colour: "var(--truth)", mark: "▮", name: "truth" };
  const number = [...lab.models.values()].filter((m) => !m.truth).findIndex((m) => m.key === key);
  return {
    colour: `var(--model-${(number % 5) + 1})`,
    mark: MARKS[number % MARKS.length],
    name: model ? model.label : key,
  };
}
