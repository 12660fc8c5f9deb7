import { Info, MessageCircle } from 'lucide-react';
import { Button } from '../Button';
import { EmptyState, ErrorState, Notice } from '../States';
import { LONG_WORD, longWords, nothing, Stack, type StatesOf } from './state';

const TONES = ['lamp', 'terracotta', 'moss', 'quiet'] as const;

export const states: StatesOf = (say) => ({
  empty: (
    <EmptyState
      icon={<MessageCircle aria-hidden />}
      title={say('Henüz sohbet yok', 'No talks yet')}
      action={<Button look="lamp">{say('Meydana', 'To the square')}</Button>}
    >
      {say('Biriyle tanışınca burada konuşursun.', 'When you meet somebody, you talk here.')}
    </EmptyState>
  ),
  error: <ErrorState onRetry={nothing} />,
  'error, long': <ErrorState title={LONG_WORD}>{longWords('Ne oldu', 'happened')}</ErrorState>,
  notices: (
    <Stack>
      {TONES.map((tone) => (
        <Notice
          key={tone}
          tone={tone}
          icon={<Info aria-hidden />}
          title={say('Numaran doğrulanmadı', 'Your number is not verified')}
          action={<Button size="sm">{say('Doğrula', 'Verify it')}</Button>}
        >
          {say('Doğrulayınca tanışabilirsin.', 'You can meet people once it is.')}
        </Notice>
      ))}
      <Notice tone="quiet" icon={<Info aria-hidden />} title={LONG_WORD} />
    </Stack>
  ),
});
