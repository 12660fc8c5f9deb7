import type { I18n } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import { useLingui } from '@lingui/react/macro';
import { clockTime, fullTime } from '../ui/time';
import { NoAnswer, Refused } from './errors';

/** "at 14:05", or with the day when it is not today. */
function moment(locale: string, iso: string | undefined): string {
  if (!iso) return '';
  const when = new Date(iso);
  const today = when.toDateString() === new Date().toDateString();
  return today ? clockTime(locale, when) : fullTime(locale, when);
}

/** What a refusal means to the person: what happened, and what to do. One place, every code, both languages. */
export function wordsFor(error: unknown, i18n: I18n): string {
  if (error instanceof NoAnswer) {
    return i18n._(msg`We cannot reach the square just now. What you entered is still here; try again in a moment.`);
  }
  if (!(error instanceof Refused)) {
    return i18n._(msg`Something went wrong on this page. Reload it; nothing that was sent is lost.`);
  }
  const at = (member: string) => moment(i18n.locale, error.text(member));
  switch (error.code) {
    case 'otp_wrong': {
      const left = error.number('attempts_left') ?? 0;
      return left > 0
        ? i18n._(msg`That is not the code we sent. Tries left: ${left}.`)
        : i18n._(msg`That is not the code we sent, and its tries are used up. We can send a new one.`);
    }
    case 'otp_expired':
      return i18n._(msg`The code has expired. We can send a new one.`);
    case 'otp_used':
      return i18n._(msg`This code was used already. We can send a new one.`);
    case 'proof_invalid':
    case 'proof_used':
    case 'proof_expired':
      return i18n._(msg`The confirmation is too old. Ask for a new code and try again.`);
    case 'phone_invalid':
    case 'invalid_phone':
      return i18n._(
        msg`This does not look like a phone number. Write it with its country code, like +90 532 123 45 67.`,
      );
    case 'email_invalid':
    case 'invalid_email':
      return i18n._(msg`This does not look like an e-mail address.`);
    case 'country_not_served':
      return i18n._(msg`We do not send messages to this country yet. You can use e-mail instead.`);
    case 'sms_paused':
    case 'codes_paused':
    case 'spend_cap':
      return i18n._(msg`We are sending no text messages for now. You can use e-mail instead, or try again tomorrow.`);
    case 'too_young':
      return i18n._(msg`Meydan is for people of 18 and over.`);
    case 'birth_date_invalid':
      return i18n._(msg`This is not a date that we can read. Look at day, month and year once more.`);
    case 'phone_taken':
      return i18n._(msg`This phone number has an account already. You can log in with it.`);
    case 'email_taken':
      return i18n._(msg`This e-mail address has an account already. You can log in with it.`);
    case 'username_taken':
      return i18n._(msg`This user name is taken. Choose another one.`);
    case 'username_invalid':
      return i18n._(msg`A user name has 3 to 32 letters, digits or underscores.`);
    case 'weak_password':
      return i18n._(
        msg`This password is too easy to guess. Use at least 10 characters; a few words in a row work well.`,
      );
    case 'alias_invalid':
      return i18n._(msg`An alias has 3 to 20 letters or digits. Choose another one.`);
    case 'shadow_exists':
      return i18n._(msg`You have a shadow already.`);
    case 'no_shadow':
      return i18n._(msg`You have no shadow yet. Make one first.`);
    case 'community_taken':
      return i18n._(msg`A community with this address exists already. Choose another address.`);
    case 'community_invalid':
      return i18n._(msg`An address has 3 to 40 small letters, digits or hyphens.`);
    case 'invite_invalid':
      return i18n._(msg`This invite code is not valid. Check it, or leave it empty.`);
    case 'login_failed':
      return i18n._(msg`These do not belong together. Check what you entered, or reset your password.`);
    case 'wrong_password':
    case 'password_wrong':
      return i18n._(msg`This is not your current password.`);
    case 'slow_down': {
      const seconds = error.number('retry_after');
      return seconds
        ? i18n._(msg`That was a lot in a short time. Wait ${Math.ceil(seconds)} seconds, then try again.`)
        : i18n._(msg`That was a lot in a short time. Wait a little, then try again.`);
    }
    case 'banned':
      return i18n._(msg`This account is closed to meetings.`);
    case 'session_ended':
      return i18n._(msg`You were logged out. Log in again to go on.`);
    case 'not_logged_in':
    case 'token_expired':
    case 'token_invalid':
      return i18n._(msg`Log in first.`);
    case 'wrong_tenant':
      return i18n._(msg`You are logged in to another community. Log in here to go on.`);
    case 'no_rights_left': {
      const when = at('resets_at');
      return when
        ? i18n._(msg`Today's meetings are used up. New ones come at ${when}.`)
        : i18n._(msg`Today's meetings are used up. New ones come at midnight.`);
    }
    case 'already_matched':
      return i18n._(msg`You are with somebody already. Leave that talk first.`);
    case 'verification_needed':
      return i18n._(msg`Verify a phone number first; then you can meet people.`);
    case 'claim_too_early': {
      const when = at('opens_at');
      return i18n._(msg`It is too early to ask for this right. You can from ${when} on.`);
    }
    case 'conversation_closed':
      return i18n._(msg`This talk is over.`);
    case 'message_too_large':
      return i18n._(msg`This is too long to send in one piece.`);
    case 'not_found':
      return i18n._(msg`This is not here any more.`);
    case 'validation_failed':
    case 'invalid_request':
    case 'bad_request':
      return i18n._(msg`The server could not read this. Look at what you entered once more.`);
    case 'server_error':
    case 'unavailable':
      return i18n._(msg`Something broke on our side. What you entered is still here; try again in a moment.`);
    default:
      return error.status >= 500
        ? i18n._(msg`Something broke on our side. What you entered is still here; try again in a moment.`)
        : i18n._(
            msg`This did not work (${error.code}). Try again; if it stays so, tell the people who run this square.`,
          );
  }
}

export function useWords(): (error: unknown) => string {
  const { i18n } = useLingui();
  return (error) => wordsFor(error, i18n);
}
