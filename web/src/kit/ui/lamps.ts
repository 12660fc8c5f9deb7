/** The longest row of lamps; what is lit beyond it is a number. */
const ROW = 10;

export interface Lamps {
  readonly bulbs: number;
  readonly lit: number;
  /** How many are lit that have no bulb. */
  readonly beyond: number;
}

/** The lamps for what is left of today's rights. More can be left than a day gives, when some were given back. */
export function lampsOf(left: number, limit: number): Lamps {
  return {
    bulbs: Math.min(ROW, Math.max(left, limit)),
    lit: Math.min(ROW, left),
    beyond: Math.max(0, left - ROW),
  };
}
