/**
 * The fewest rules for a small universe, by search: every rectangle of a run of ports by one aligned block of
 * addresses that is fine, and the smallest choice of them that holds every fine point. Slow and sure.
 */

/** `fine[port][address]`, ports and addresses counted from 0; the addresses are a power of two in number. */
export type Field = readonly (readonly boolean[])[];

interface Rectangle {
  readonly ports: readonly [number, number];
  readonly block: readonly [number, number];
}

function blocksOf(size: number): readonly (readonly [number, number])[] {
  const blocks: (readonly [number, number])[] = [];
  for (let width = size; width >= 1; width /= 2) {
    for (let from = 0; from < size; from += width) blocks.push([from, from + width]);
  }
  return blocks;
}

function isFine(field: Field, { ports, block }: Rectangle): boolean {
  return field.slice(ports[0], ports[1]).every((row) => row.slice(block[0], block[1]).every(Boolean));
}

function isPart(inner: Rectangle, outer: Rectangle): boolean {
  return (
    outer.ports[0] <= inner.ports[0] &&
    inner.ports[1] <= outer.ports[1] &&
    outer.block[0] <= inner.block[0] &&
    inner.block[1] <= outer.block[1]
  );
}

/** The fine rectangles that no other fine one holds: a smaller one is never needed, since rules may overlap. */
function largestRectangles(field: Field): readonly Rectangle[] {
  const all: Rectangle[] = [];
  for (const block of blocksOf(field[0]?.length ?? 0)) {
    for (let from = 0; from < field.length; from += 1) {
      for (let end = from + 1; end <= field.length; end += 1) {
        const rectangle: Rectangle = { ports: [from, end], block };
        if (isFine(field, rectangle)) all.push(rectangle);
      }
    }
  }
  return all.filter((one) => !all.some((other) => other !== one && isPart(one, other)));
}

function pointsIn({ ports, block }: Rectangle, width: number): readonly number[] {
  const points: number[] = [];
  for (let port = ports[0]; port < ports[1]; port += 1) {
    for (let address = block[0]; address < block[1]; address += 1) points.push(port * width + address);
  }
  return points;
}

/** The fewest rectangles that hold every fine point and no other. */
export function fewestRectangles(field: Field): number {
  const width = field[0]?.length ?? 0;
  const sets = largestRectangles(field).map((rectangle) => new Set(pointsIn(rectangle, width)));
  const fine = field.flatMap((row, port) => row.flatMap((isOn, address) => (isOn ? [port * width + address] : [])));
  let best = fine.length;
  const search = (open: readonly number[], used: number): void => {
    if (open.length === 0) best = Math.min(best, used);
    const widest = Math.max(1, ...sets.map((set) => open.filter((point) => set.has(point)).length));
    if (open.length === 0 || used + Math.ceil(open.length / widest) >= best) return;
    // The point with the fewest ways to be held decides soonest.
    const ways = (point: number): number => sets.filter((set) => set.has(point)).length;
    const point = open.toSorted((a, b) => ways(a) - ways(b))[0];
    for (const set of sets) {
      if (point === undefined || !set.has(point)) continue;
      search(
        open.filter((one) => !set.has(one)),
        used + 1,
      );
    }
  };
  search(fine, 0);
  return best;
}
