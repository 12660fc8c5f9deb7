import { SessionSections } from '../features/accounts';
import { wordGifts } from '../features/gifts';
import { MeetingsToday } from '../features/premium';
import { WalletRows } from '../features/wallet';
import { lazyPage } from '../kit/lazy-page';

// Pages have places for what rooms above them know: here they are filled.
SessionSections.fill(lazyPage(() => import('../features/messaging/LetInSection'), 'LetInSection'));
MeetingsToday.fill(lazyPage(() => import('../features/meeting/MeetingsToday'), 'MeetingsToday'));
WalletRows.fill(lazyPage(() => import('../features/premium/PremiumRow'), 'PremiumRow'));
wordGifts();
