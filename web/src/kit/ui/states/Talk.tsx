import { SpeechBubble, TimeLeft } from '../Talk';
import { LONG_WORD, Stack, type StatesOf } from './state';

export const states: StatesOf = (say) => ({
  bubbles: (
    <div className="flex flex-col items-start gap-2">
      <SpeechBubble mine={false}>{say('Selam, nasılsın?', 'Hi, how are you?')}</SpeechBubble>
      <div className="flex w-full flex-col items-end gap-2">
        <SpeechBubble mine>{say('İyi', 'Fine')}</SpeechBubble>
        <SpeechBubble mine>{LONG_WORD.repeat(3)}</SpeechBubble>
      </div>
      <SpeechBubble mine={false}>{`${say('Uzun bir söz.', 'A long saying.')} `.repeat(12)}</SpeechBubble>
    </div>
  ),
  'time left': (
    <Stack>
      {[1, 0.4, 0.02, 0].map((share) => (
        <div key={share} className="h-[3px] bg-line">
          <TimeLeft share={share} />
        </div>
      ))}
    </Stack>
  ),
});
