import { Plural } from '@lingui/react/macro';

/** Characters beyond a limit, counted as the server counts them. A field shows them and cuts nothing that was pasted. */
export const excessOf = (text: string, limit: number) => Math.max(0, [...text.trim()].length - limit);

export const Excess = ({ count }: { count: number }) => (
  <Plural
    value={count}
    one="# character too many. Shorten it, or send it in parts."
    other="# characters too many. Shorten it, or send it in parts."
  />
);
