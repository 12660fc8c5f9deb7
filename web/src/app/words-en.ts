import type { Messages } from '@lingui/core';

const files = import.meta.glob<Messages>(['../locales/en.po', '../features/*/locales/frame/en.po'], {
  eager: true,
  import: 'messages',
});

export const messages: Messages = Object.assign({}, ...Object.values(files));
