import { messages as talkEn } from '../features/messaging/locales/en.po';
import { messages as talkTr } from '../features/messaging/locales/tr.po';
import { addWords } from '../kit/language';
import { messages as en } from '../locales/en.po';
import { messages as tr } from '../locales/tr.po';

addWords({ en, tr });
addWords({ en: talkEn, tr: talkTr });
