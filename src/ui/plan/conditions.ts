import { choiceName, type MethodChoice } from '../../core/methods/names.ts';
import { allChoices, servedMethods } from '../../core/methods/registry.ts';

export function isChosen(chosen: readonly MethodChoice[], choice: MethodChoice): boolean {
  return chosen.some((c) => choiceName(c) === choiceName(choice));
}

/** The choices with one of them added or taken out, in one order whatever was clicked first. */
export function toggled(chosen: readonly MethodChoice[], choice: MethodChoice): readonly MethodChoice[] {
  const served = servedMethods().flatMap(({ id, conditions }) =>
    [null, ...conditions].map((condition): MethodChoice => ({ base: id, condition })),
  );
  return [...allChoices(), ...served].filter((c) => isChosen(chosen, c) !== (choiceName(c) === choiceName(choice)));
}
