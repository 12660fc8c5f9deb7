interface KeyPress {
  nativeEvent: { isComposing: boolean; keyCode: number };
}

/** The key code of a press that an input method took for itself. */
const TAKEN = 229;

/**
 * Whether a press belongs to an input method, such as the Enter that chooses a word. Safari ends the composition before
 * that press and says so only by its key code.
 */
export function isComposing({ nativeEvent }: KeyPress): boolean {
  return nativeEvent.isComposing || nativeEvent.keyCode === TAKEN;
}
