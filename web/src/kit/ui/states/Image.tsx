import { Image } from '../Image';
import { LONG_WORD, type StatesOf } from './state';

const PICTURE = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 9"><rect width="16" height="9" fill="#57744a"/><circle cx="8" cy="5" r="2.5" fill="#f1b544"/></svg>',
)}`;
/** Never answers. */
const PENDING = 'data:image/png;base64,';

export const states: StatesOf = (say) => ({
  plain: (
    <Image src={PICTURE} alt={say('Tepelerin üstünde bir lamba', 'A lamp over hills')} width={16} height={9} first />
  ),
  'small, round': <Image src={PICTURE} alt="" width={1} height={1} className="size-16 rounded-full" first />,
  failed: (
    <Image src={PENDING} alt={say('Bir çeşme ve dört kedi', 'A fountain and four cats')} width={16} height={9} first />
  ),
  'failed, long': <Image src={PENDING} alt={`${LONG_WORD} `.repeat(6)} width={3} height={1} first />,
});
