/** Commands in a text as they are typed in the project's folder, where the program is not on the path. */
export const pasteable = (text: string): string =>
  text.replaceAll(/(?<!npx )\bmicrolith (?=(?:events|contracts|trace) )/g, 'npx microlith ');
