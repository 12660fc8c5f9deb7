/** Emoji as Unicode's sequences have them: with skin tones, joined, keycaps, flags. */
const TONED = '\\p{Emoji_Modifier_Base}\\p{Emoji_Modifier}';
const PICTURE = '(?=\\p{Emoji_Presentation})\\p{Extended_Pictographic}\\uFE0F?|\\p{Extended_Pictographic}\\uFE0F';
const PART = `(?:${TONED}|${PICTURE})`;
const TAGS = '(?:[\\u{E0020}-\\u{E007E}]{1,8}\\u{E007F})?';
const ONE = `(?:${PART}${TAGS}(?:\\u200D${PART}){0,6}|\\p{Regional_Indicator}{2}|[0-9#*]\\uFE0F?\\u20E3)`;

const single = new RegExp(`^${ONE}$`, 'u');
const few = new RegExp(`^${ONE}(?:\\s?${ONE}){0,2}$`, 'u');
const LONGEST = 40;

export function isEmoji(text: string): boolean {
  return text.length <= LONGEST && single.test(text);
}

/** One to three emoji and nothing else. */
export function isFewEmoji(text: string): boolean {
  return text.length <= 3 * LONGEST && few.test(text);
}
