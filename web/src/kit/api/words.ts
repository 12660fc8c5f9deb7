import type { I18n } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import { useLingui } from '@lingui/react/macro';
import { serverNow } from '../clock';
import { clockTime, fullTime } from '../ui';
import { NoAnswer, Refused } from './errors';

/** "at 14:05", or with the day when it is not today. */
function moment(locale: string, iso: string | undefined): string {
  if (!iso) return '';
  const when = new Date(iso);
  const today = when.toDateString() === new Date(serverNow()).toDateString();
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
    case 'proof_refused':
      return i18n._(msg`The confirmation is too old. Ask for a new code and try again.`);
    case 'contact_invalid':
      return i18n._(
        msg`We cannot send codes to this. Write a phone number with its country code, like +90 532 123 45 67, or an e-mail address.`,
      );
    case 'channel_unavailable':
      return i18n._(msg`Codes cannot be sent this way here. Try the other way.`);
    case 'country_closed':
      return i18n._(msg`Text messages do not go to this country from here. Use an e-mail address.`);
    case 'puzzle_needed':
    case 'puzzle_wrong':
      return i18n._(msg`The puzzle was not solved in time. Try again.`);
    case 'too_busy':
      return i18n._(msg`Too many people are at this door at once. Wait a moment, then try again.`);
    case 'sending_paused':
      return i18n._(msg`No more text messages can be sent today. Use e-mail or your password, or try again tomorrow.`);
    case 'sign_in_not_open':
    case 'identifier_missing':
      return i18n._(msg`Registering this way is not possible here. Go back and choose another one.`);
    case 'step_up_needed':
      return i18n._(msg`This device is new here: besides the password, a code is needed.`);
    case 'too_young':
      return i18n._(msg`Meydan is for people of 18 and over.`);
    case 'birth_date_invalid':
      return i18n._(msg`We cannot read this date. Check the day, the month and the year.`);
    case 'phone_taken':
      return i18n._(msg`This phone number has an account already. You can log in with it.`);
    case 'email_taken':
      return i18n._(msg`This e-mail address has an account already. You can log in with it.`);
    case 'username_taken':
      return i18n._(msg`This user name is taken. Choose another one.`);
    case 'username_invalid':
      return i18n._(
        msg`A user name has 3 to 30 letters from a to z, digits, dots or underscores, and at least one letter.`,
      );
    case 'weak_password':
      return i18n._(
        msg`This password is too easy to guess. Use at least 10 characters; a few words in a row work well.`,
      );
    case 'alias_invalid':
      return i18n._(
        msg`An alias has 2 to 24 letters and digits; spaces, dots, hyphens and underscores may stand between them.`,
      );
    case 'alias_mixes_scripts':
      return i18n._(msg`An alias does not mix letters that look alike, such as Latin and Cyrillic ones.`);
    case 'block_limit_reached':
      return i18n._(msg`You have blocked three people today. You can still block a single face.`);
    case 'shadow_exists':
      return i18n._(msg`You have a shadow already.`);
    case 'alias_full':
      return i18n._(msg`Ten thousand people have this alias already. Choose another one.`);
    case 'no_such_face':
      return i18n._(msg`You have no shadow yet. Make one first.`);
    case 'tenant_taken':
      return i18n._(msg`A community with this address exists already. Choose another address.`);
    case 'tenant_invalid':
      return i18n._(msg`An address is made of small letters, digits and hyphens.`);
    case 'invite_invalid':
      return i18n._(msg`This invite code is not valid. Check it, or leave it empty.`);
    case 'login_failed':
      return i18n._(msg`These do not match. Check what you entered, or reset your password.`);
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
    case 'matching_suspended': {
      const when = at('until');
      return i18n._(
        msg`Reports about you are being looked at. Until ${when} you meet nobody new; everything else goes on.`,
      );
    }
    case 'report_case_decided':
      return i18n._(msg`Somebody has already decided about these reports. Reload the page to see how.`);
    case 'ban_over':
      return i18n._(msg`This ban is over or lifted already.`);
    case 'outranked':
      return i18n._(msg`Only somebody of a higher rank can ban a member of the staff.`);
    case 'legal_text_changed':
      return i18n._(msg`This text has changed meanwhile. Look at the new one, then go on.`);
    case 'browser_key_invalid':
      return i18n._(msg`This browser sent a key that we cannot read. Reload the page and try again.`);
    case 'session_ended':
      return i18n._(msg`You were logged out. Log in again to go on.`);
    case 'not_logged_in':
    case 'token_refused':
      return i18n._(msg`Log in first.`);
    case 'wrong_tenant':
      return i18n._(msg`You are logged in to another community. Log in here to go on.`);
    case 'quota_exhausted': {
      const when = at('resets_at');
      return when
        ? i18n._(msg`Today's meetings are used up. New ones come at ${when}.`)
        : i18n._(msg`Today's meetings are used up. New ones come at midnight.`);
    }
    case 'already_matched':
      return i18n._(msg`You are with somebody already. Leave that talk first.`);
    case 'place_needed':
      return i18n._(msg`To look for people nearby, share your approximate location in your profile first.`);
    case 'place_incomplete':
      return i18n._(msg`A location needs both of its numbers.`);
    case 'unknown_tenant':
      return i18n._(msg`There is no community at this address.`);
    case 'tenant_suspended':
      return i18n._(msg`This community is closed for now.`);
    case 'tenant_pending':
      return i18n._(msg`This community is not open yet. The people who run this place look at it first.`);
    case 'founding_closed':
      return i18n._(msg`New communities cannot be started here.`);
    case 'verification_needed':
      return error.text('wanted') === 'any'
        ? i18n._(msg`Verify a phone number or an e-mail address first; then you can meet people.`)
        : i18n._(msg`Verify a phone number first; then you can meet people.`);
    case 'claim_too_early': {
      const when = at('opens_at');
      return i18n._(msg`It is too early to ask for this meeting back. You can from ${when} on.`);
    }
    case 'claim_too_late':
      return i18n._(msg`This meeting ended too long ago to ask for it back.`);
    case 'balance_too_low': {
      const needed = error.number('needed');
      const missing = needed === undefined ? 0 : needed - (error.number('balance') ?? 0);
      return missing > 0
        ? i18n._(msg`There are not enough coins: ${i18n.number(missing)} are missing.`)
        : i18n._(msg`There are not enough coins for this.`);
    }
    case 'earnings_pending': {
      const available = error.number('available') ?? 0;
      return available > 0
        ? i18n._(msg`Only ${i18n.number(available)} of your earnings can become coins yet.`)
        : i18n._(msg`What was earned lately cannot become coins yet.`);
    }
    case 'debt_blocks':
      return i18n._(msg`You owe coins for a purchase that was taken back. Until they are paid, nothing can be spent.`);
    case 'wallet_frozen':
      return i18n._(msg`Your wallet is frozen for now. Nothing in it is lost; your wallet page says more.`);
    case 'idempotency_key_reused':
    case 'idempotency_key_missing':
      return i18n._(msg`The page lost its thread here. Nothing was charged; reload it and try again.`);
    case 'already_earned':
      return i18n._(msg`You already have today's coins.`);
    case 'earning_off':
      return i18n._(msg`No coins are given away here.`);
    case 'no_provider':
    case 'provider_not_connected':
      return i18n._(msg`Nothing can be paid here just now: the people who run this square have not set it up.`);
    case 'payment_not_open':
      return i18n._(msg`This purchase cannot be paid any more. Begin a new one; nothing was charged.`);
    case 'already_premium':
      return i18n._(msg`You are a member already.`);
    case 'premium_on_its_way':
      return i18n._(
        msg`You have paid for a membership already. It starts when the payment has arrived and been looked at; you will hear about it under News.`,
      );
    case 'not_premium':
      return i18n._(msg`There is no membership here that could be changed.`);
    case 'premium_cannot_resume':
      return i18n._(msg`This membership is not renewed. Shortly before it ends, you can buy the next one.`);
    case 'plan_not_for_coins':
      return i18n._(msg`This membership is paid with money only.`);
    case 'not_for_sale':
      return i18n._(msg`This is not sold here any more.`);
    case 'premium_in_store':
      return i18n._(msg`This membership is managed in the store of your phone. Open the store to change it.`);
    case 'staff_only':
      return i18n._(msg`Only those who run this square may see and do this.`);
    case 'already_decided':
      return i18n._(msg`Somebody has already decided this. Reload the page to see how.`);
    case 'nothing_to_refund':
      return i18n._(msg`This is about gifts: there is no payment that could be given back.`);
    case 'person_gone':
      return i18n._(msg`This person has left. What they paid can only be given back.`);
    case 'wallet_frozen_already':
      return i18n._(msg`This wallet is frozen already.`);
    case 'conflict_of_interest':
      return i18n._(msg`This is about yourself. Somebody else who runs this square decides.`);
    case 'payment_not_held':
      return i18n._(msg`This payment is not held back any more. Reload the page to see what became of it.`);
    case 'fraud_case_open':
      return i18n._(msg`The fraud rules find this payment doubtful. Its case under Fraud is decided first.`);
    case 'refund_under_way':
      return i18n._(msg`The provider is being asked to give this money back. Wait for its answer.`);
    case 'adjustment_too_large':
      return i18n._(
        msg`These are more coins than you may move in a day: ${i18n.number(error.number('left') ?? 0)} are left.`,
      );
    case 'setting_invalid':
      return i18n._(msg`One of the numbers is not possible. Nothing was changed.`);
    case 'difference_closed':
      return i18n._(msg`This difference is gone or explained already.`);
    case 'days_invalid':
      return i18n._(msg`Choose at most 366 days, the first before the last.`);
    case 'refund_too_large':
      return i18n._(msg`There is not that much left of this payment to give back.`);
    case 'payment_not_paid':
      return i18n._(msg`No money came for this payment, so none can go back.`);
    case 'conversation_closed':
      return i18n._(msg`This talk is over.`);
    case 'message_too_large':
    case 'body_too_large':
      return i18n._(msg`This is too long to send in one piece.`);
    case 'header_missing':
      return i18n._(msg`Your browser left something out that keeps other sites away. Reload the page and try again.`);
    case 'not_found':
      return i18n._(msg`This is not here any more.`);
    case 'invalid_request':
    case 'invalid_value':
    case 'message_malformed':
      return i18n._(msg`The server could not read this. Check what you entered.`);
    default:
      return error.status >= 500
        ? i18n._(msg`Something broke on our side. What you entered is still here; try again in a moment.`)
        : i18n._(
            msg`This did not work (${error.code}). Try again; if it keeps happening, tell the people who run this square.`,
          );
  }
}

export function useWords(): (error: unknown) => string {
  const { i18n } = useLingui();
  return (error) => wordsFor(error, i18n);
}
