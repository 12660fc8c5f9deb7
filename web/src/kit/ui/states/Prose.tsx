import { Prose } from '../Prose';
import { LONG_WORD, type StatesOf } from './state';

export const states: StatesOf = (say) => ({
  plain: (
    <Prose lang={say('tr', 'en')}>
      {[
        `## ${say('Kullanım koşulları', 'Terms of use')}`,
        say('Burası yetişkinlerin **meydanıdır**.', 'This is a **square** of adults.'),
        `- ${say('İlk', 'First')}\n- [${say('bir bağlantı', 'a link')}](https://example.org/${LONG_WORD})`,
        `| ${say('ad', 'name')} | ${say('ne için', 'what for')} |\n| --- | --- |\n| ${LONG_WORD} | ${LONG_WORD} |`,
        `\`\`\`\n${LONG_WORD} ${LONG_WORD}\n\`\`\``,
      ].join('\n\n')}
    </Prose>
  ),
});
