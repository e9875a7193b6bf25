import { defineErrors } from '@magasin/contracts/error-kinds'

/** The shop's own errors, beside those of the libraries. */
export const shopErrors = defineErrors({
  EMAIL_TAKEN: { http: { status: 409, title: 'The e-mail address is in use' } },
  USER_NOT_FOUND: { http: { status: 404, title: 'No such user' } },
  // Coolriel.
  OUTPUT_FOLDER_UNUSABLE: { exitCode: 2 },
  RECIPIENT_REFUSED: { parks: true },
})
