import { SceneDrawing } from '../SceneDrawing';
import { SquareScene } from '../SquareScene';
import { SCENES } from '../scenes';
import type { StatesOf } from './state';

const SKIES = ['day', 'dusk', 'night'] as const;

export const states: StatesOf = () => ({
  'of this community': <SquareScene className="rounded-card" />,
  scenes: (
    <div className="grid grid-cols-3 gap-1">
      {(Object.keys(SCENES) as (keyof typeof SCENES)[]).flatMap((scene) =>
        SKIES.map((sky) => <SceneDrawing key={scene + sky} scene={scene} sky={sky} className="rounded-card" />),
      )}
    </div>
  ),
});
