// callstore.h - all of callstore: Store, Call, CallView, ListQuery, Page, JSON.
#ifndef CALLSTORE_CALLSTORE_H_
#define CALLSTORE_CALLSTORE_H_

#include "callstore/call.h"
#include "callstore/call_view.h"
#include "callstore/error.h"
#include "callstore/json.h"
#include "callstore/list.h"
#include "callstore/store.h"

#endif  // CALLSTORE_CALLSTORE_H_
