import { Trans, useLingui } from '@lingui/react/macro';
import { Download } from 'lucide-react';
import { useAction } from '../action';
import { answer } from '../api/client';
import { useWords } from '../api/words';
import { Button, toast } from '../ui';

interface FileAnswer {
  data?: unknown;
  error?: unknown;
  response: Response;
}

/** Fetches the rows of a list as a file and saves it. The server names it, and says when rows were left out. */
export function ExportButton({ fetchFile }: { fetchFile: () => Promise<FileAnswer> }) {
  const { t, i18n } = useLingui();
  const words = useWords();
  const save = useAction({
    mutationFn: async () => {
      const asked = fetchFile();
      const file = (await answer(asked)) as Blob;
      const { headers } = (await asked).response;
      const link = document.createElement('a');
      link.href = URL.createObjectURL(file);
      link.download = /filename="([^"]+)"/.exec(headers.get('content-disposition') ?? '')?.[1] ?? 'list.csv';
      link.click();
      setTimeout(URL.revokeObjectURL, 60_000, link.href);
      return headers.get('meydan-cut-at');
    },
    onSuccess: (cutAt) => {
      const rows = i18n.number(Number(cutAt));
      if (cutAt) toast(t`The file has the first ${rows} rows. Choose fewer days for the others.`, { kind: 'news' });
    },
    onError: (error) => toast(words(error), { kind: 'fault' }),
  });
  return (
    <Button
      size="sm"
      icon={<Download aria-hidden className="size-4.5" />}
      busy={save.isPending}
      onClick={() => save.mutate()}
    >
      <Trans>Save as a file</Trans>
    </Button>
  );
}
