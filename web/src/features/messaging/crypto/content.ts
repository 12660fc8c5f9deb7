/** Plaintext of a message: JSON in a version that readers can tell, padded. */
import { type Bytes, fromText, toText } from '../../../kit/bytes';
import { isEmoji } from '../../../kit/emoji';
import { pad, unpad } from './padding';
import type { TextRecord } from './records';
import type { WireMessage } from './server';

/**
 * A field may join a version if readers that skip it still show the truth. Anything else takes the next version; older
 * readers say of it that it is newer than they are.
 */
const VERSION = 1;
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

type Content = Pick<TextRecord, 'body' | 'what'>;

/** Written by a later version of this program. */
export class NewerVersion extends Error {}

export function writeContent({ body, what }: Content): Bytes {
  const said =
    what.kind === 'reaction'
      ? { reaction: body, to: what.to }
      : { text: body, reply_to: what.kind === 'text' ? what.replyTo : undefined };
  return pad(fromText(JSON.stringify({ v: VERSION, ...said })));
}

/**
 * The type, which the server sees and counts by, must be the content's: a text cannot hide as a reaction, nor a reaction
 * as a text. Throws `NewerVersion`, or an error for anything malformed.
 */
export function readContent(plain: Uint8Array, { id, type }: Pick<WireMessage, 'id' | 'type'>): Content {
  const said = JSON.parse(toText(unpad(plain))) as Record<string, unknown>;
  if (typeof said.v === 'number' && said.v > VERSION) throw new NewerVersion();
  if (said.v !== VERSION) throw new Error('an unknown version');
  if (type === 'reaction') return readReaction(said, id);
  if (typeof said.text !== 'string') throw new Error('a text without words');
  return { body: said.text, what: { kind: 'text', replyTo: pointer(said.reply_to, id) } };
}

/** An empty one takes the person's earlier one back. */
function readReaction({ reaction, to }: Record<string, unknown>, id: string): Content {
  const target = pointer(to, id);
  if (typeof reaction !== 'string' || !(reaction === '' || isEmoji(reaction))) throw new Error('not a reaction');
  if (target === undefined) throw new Error('a reaction to nothing');
  return { body: reaction, what: { kind: 'reaction', to: target } };
}

/** The id of another message; nothing points at itself. */
function pointer(value: unknown, own: string): string | undefined {
  return typeof value === 'string' && ID.test(value) && value !== own ? value : undefined;
}
