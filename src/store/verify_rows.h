// verify_rows.h - the checks of an organization, family by family.
// The calls are read first, with what lies in their order: transcripts and columns. What lies in
// another order, ids and index, is summed up: the sum of the rows that the calls should have is
// compared with that of the rows there are. Only where these differ is every row looked up.
//
// Thread safety: none; one thread.
// Errors:        deadline. What is wrong is a fault in the context's report.
#ifndef CALLSTORE_SRC_STORE_VERIFY_ROWS_H_
#define CALLSTORE_SRC_STORE_VERIFY_ROWS_H_

#include "base/error.h"
#include "store/verify_context.h"

namespace callstore::store {

// Calls, transcripts and columns. Fills in the sums and gaps of the organization.
Result<void> CheckCalls(VerifyContext* context, CheckedOrganization* organization);

// REQUIRES: CheckCalls, before.
Result<void> CheckIds(VerifyContext* context, const CheckedOrganization& organization);
Result<void> CheckIndex(VerifyContext* context, const CheckedOrganization& organization);

}  // namespace callstore::store

#endif  // CALLSTORE_SRC_STORE_VERIFY_ROWS_H_
