/** Values in `.env` files, as dotenv (Node.js) and godotenv read them: `NAME=value`, `NAME: value`, with or without `export`. */

/** What a file sets a variable to, without quotes and comments; `undefined`: nothing, or nothing at all. */
export function settingIn(text: string, variable: string): string | undefined {
  return new RegExp(`^[ \\t]*(?:export[ \\t]+)?${variable}[ \\t]*[=:][ \\t]*["']?([^"'#\\s]+)`, 'm').exec(text)?.[1];
}
