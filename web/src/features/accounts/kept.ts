import { useCallback, useState } from 'react';
import { keptInTab } from '../../kit/storage';

/**
 * State that a reload does not lose, for this tab: half-filled forms, the step one has come to. Never used for passwords.
 */
export function useKept<Value extends object>(
  key: string,
  initial: Value,
): [Value, (part: Partial<Value>) => void, () => void] {
  const name = `meydan.kept.${key}`;
  const [value, setValue] = useState<Value>(() => {
    try {
      return { ...initial, ...JSON.parse(keptInTab.getItem(name) ?? '{}') };
    } catch {
      return initial; // what was kept by another version is worth nothing
    }
  });
  const change = useCallback(
    (part: Partial<Value>) =>
      setValue((before) => {
        const after = { ...before, ...part };
        keptInTab.setItem(name, JSON.stringify(after));
        return after;
      }),
    [name],
  );
  const forget = useCallback(() => keptInTab.removeItem(name), [name]);
  return [value, change, forget];
}
