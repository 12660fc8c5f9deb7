import { Trans } from '@lingui/react/macro';
import type { TextRecord } from '../crypto/records';
import { useTalk } from './talk-view';

const EXCERPT = 160;

/** The message that another one answers, as it is known here; a touch leads to it. */
export function Quote({ id }: { id: string }) {
  const { lines, conversation, jump } = useTalk();
  const answered = lines.get(id);
  if (answered === undefined) {
    return (
      <p className="mb-1.5 rounded-[10px] border-line-strong border-s-3 bg-ink/5 px-2.5 py-1.5 text-soft text-sm italic">
        <Trans>The message that this answers is not here.</Trans>
      </p>
    );
  }
  const alias = conversation.peer.alias;
  return (
    <button
      type="button"
      onClick={() => jump(id)}
      className="mb-1.5 block min-h-11 w-full rounded-[10px] border-lamp border-s-3 bg-ink/5 px-2.5 py-1.5 text-start text-sm hover:bg-ink/10"
    >
      <span className="sr-only">
        <Trans>In answer to</Trans>
      </span>
      <Excerpt answered={answered} alias={alias} />
    </button>
  );
}

/** Whose message it is, and its beginning. */
export function Excerpt({ answered, alias }: { answered: TextRecord; alias: string }) {
  return (
    <>
      <span className="block font-semibold">{answered.mine ? <Trans>You</Trans> : <bdi>{alias}</bdi>}</span>
      <span className="line-clamp-2 text-soft [overflow-wrap:anywhere]">
        {answered.what.kind === 'text' ? (
          <bdi>{answered.body.slice(0, EXCERPT)}</bdi>
        ) : (
          <Trans>A message that this browser cannot open</Trans>
        )}
      </span>
    </>
  );
}
