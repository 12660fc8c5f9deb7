import { msg } from '@lingui/core/macro';
import type { Refusals } from '../../kit/api/words';

export const refusals: Refusals = {
  conversation_closed: msg`This talk is over.`,
  message_too_large: msg`This is too long to send in one piece.`,
  message_malformed: msg`The server could not read this. Check what you entered.`,
};
