import { LanguageSwitch } from '../LanguageSwitch';
import type { StatesOf } from './state';

export const states: StatesOf = () => ({ plain: <LanguageSwitch /> });
