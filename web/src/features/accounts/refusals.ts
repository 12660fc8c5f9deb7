import { msg } from '@lingui/core/macro';
import type { Refusals } from '../../kit/api/words';

const puzzleNeeded = msg`The puzzle was not solved in time. Try again.`;

const signInNotOpen = msg`Registering this way is not possible here. Go back and choose another one.`;

export const refusals: Refusals = {
  otp_wrong: (refused, i18n) => {
    const left = refused.number('attempts_left') ?? 0;
    return left > 0
      ? i18n._(msg`That is not the code we sent. Tries left: ${left}.`)
      : i18n._(msg`That is not the code we sent, and its tries are used up. We can send a new one.`);
  },
  otp_expired: msg`The code has expired. We can send a new one.`,
  otp_used: msg`This code was used already. We can send a new one.`,
  proof_refused: msg`The confirmation is too old. Ask for a new code and try again.`,
  contact_invalid: msg`We cannot send codes to this. Write a phone number with its country code, like +90 532 123 45 67, or an e-mail address.`,
  channel_unavailable: msg`Codes cannot be sent this way here. Try the other way.`,
  country_closed: msg`Text messages do not go to this country from here. Use an e-mail address.`,
  puzzle_needed: puzzleNeeded,
  puzzle_wrong: puzzleNeeded,
  second_factor_wrong: msg`That is not the code your app shows now, nor an unused recovery code. Try the next one.`,
  second_factor_used: msg`This code was used already. Wait until your app shows the next one.`,
  second_factor_on: msg`Two-step log-in is on already. Reload the page to see it.`,
  second_factor_off: msg`Two-step log-in is off already.`,
  second_factor_setup_expired: msg`This key is too old, or you began again elsewhere. Begin once more.`,
  second_factor_required: msg`This square asks those who run it for two-step log-in. Set it up under Me, Logging in.`,
  log_in_expired: msg`This took too long, or began in another browser. Log in again.`,
  outranked: msg`Only somebody of a higher rank can do this to a member of the staff.`,
  sending_paused: msg`No more text messages can be sent today. Use e-mail or your password, or try again tomorrow.`,
  sign_in_not_open: signInNotOpen,
  identifier_missing: signInNotOpen,
  step_up_needed: msg`This device is new here: besides the password, a code is needed.`,
  too_young: msg`Meydan is for people of 18 and over.`,
  birth_date_invalid: msg`We cannot read this date. Check the day, the month and the year.`,
  phone_taken: msg`This phone number has an account already. You can log in with it.`,
  email_taken: msg`This e-mail address has an account already. You can log in with it.`,
  username_taken: msg`This user name is taken. Choose another one.`,
  username_invalid: msg`A user name has 3 to 30 letters from a to z, digits, dots or underscores, and at least one letter.`,
  weak_password: msg`This password is too easy to guess. Use at least 10 characters; a few words in a row work well.`,
  alias_invalid: msg`An alias has 2 to 24 letters and digits; spaces, dots, hyphens and underscores may stand between them.`,
  alias_mixes_scripts: msg`An alias does not mix letters that look alike, such as Latin and Cyrillic ones.`,
  shadow_exists: msg`You have a shadow already.`,
  alias_full: msg`Ten thousand people have this alias already. Choose another one.`,
  no_such_face: msg`You have no shadow yet. Make one first.`,
  login_failed: msg`These do not match. Check what you entered, or reset your password.`,
  passkey_login_failed: msg`This passkey opens no account here. Try once more, or log in another way.`,
  passkey_copied: msg`This passkey may have been copied, so it did not open your account. Log in another way, then remove it and add a new one.`,
  passkey_refused: msg`The passkey was not added, because it took too long. Begin again.`,
  passkeys_unavailable: msg`Passkeys do not work at the address that this page was opened at.`,
  passkey_name_missing: msg`A passkey has a name of 1 to 60 characters.`,
  second_factor_needed: msg`Your account has two steps: a code of your authenticator is needed too.`,
  too_many_passkeys: (refused, i18n) =>
    i18n._(msg`You have ${refused.number('most') ?? 20} passkeys, and more are not possible. Remove one first.`),
  password_wrong: msg`This is not your current password.`,
  banned: msg`This account is closed to meetings.`,
  browser_key_invalid: msg`This browser sent a key that we cannot read. Reload the page and try again.`,
  session_ended: msg`You were logged out. Log in again to go on.`,
  wrong_tenant: msg`You are logged in to another community. Log in here to go on.`,
  place_incomplete: msg`A location needs both of its numbers.`,
  verification_needed: (refused, i18n) =>
    refused.text('wanted') === 'any'
      ? i18n._(msg`Verify a phone number or an e-mail address first; then you can meet people.`)
      : i18n._(msg`Verify a phone number first; then you can meet people.`),
  staff_only: msg`Only those who run this square may see and do this.`,
  conflict_of_interest: msg`This is about yourself. Somebody else who runs this square decides.`,
};
