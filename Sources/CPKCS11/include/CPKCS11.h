// As much of PKCS #11 2.40 (OASIS, "Cryptographic Token Interface Base Specification") as wrapping a key in a token needs.
// Names and numbers are the standard's. Its list of functions goes on behind the last one here.
#ifndef CPKCS11_H
#define CPKCS11_H

typedef unsigned char CK_BYTE;
typedef unsigned long CK_ULONG;
typedef unsigned long CK_RV;

struct ck_version {
    CK_BYTE major, minor;
};

struct ck_token_info {
    CK_BYTE label[32], manufacturer_id[32], model[16], serial_number[16];
    CK_ULONG flags;
    CK_ULONG max_session_count, session_count, max_rw_session_count, rw_session_count;
    CK_ULONG max_pin_length, min_pin_length;
    CK_ULONG total_public_memory, free_public_memory, total_private_memory, free_private_memory;
    struct ck_version hardware_version, firmware_version;
    CK_BYTE utc_time[16];
};

struct ck_attribute {
    CK_ULONG type;
    void *value;
    CK_ULONG length;
};

struct ck_mechanism {
    CK_ULONG mechanism;
    void *parameter;
    CK_ULONG length;
};

struct ck_gcm_params {
    CK_BYTE *iv;
    CK_ULONG iv_length, iv_bits;
    CK_BYTE *aad;
    CK_ULONG aad_length, tag_bits;
};

struct ck_c_initialize_args {
    void *create_mutex, *destroy_mutex, *lock_mutex, *unlock_mutex;
    CK_ULONG flags;
    void *reserved;
};

struct ck_function_list {
    struct ck_version version;
    CK_RV (*C_Initialize)(void *arguments);
    CK_RV (*C_Finalize)(void *reserved);
    void *C_GetInfo, *C_GetFunctionList;
    CK_RV (*C_GetSlotList)(CK_BYTE token_present, CK_ULONG *slots, CK_ULONG *count);
    void *C_GetSlotInfo;
    CK_RV (*C_GetTokenInfo)(CK_ULONG slot, struct ck_token_info *info);
    void *C_GetMechanismList, *C_GetMechanismInfo, *C_InitToken, *C_InitPIN;
    void *C_SetPIN;
    CK_RV (*C_OpenSession)(CK_ULONG slot, CK_ULONG flags, void *application, void *notify, CK_ULONG *session);
    CK_RV (*C_CloseSession)(CK_ULONG session);
    void *C_CloseAllSessions, *C_GetSessionInfo, *C_GetOperationState, *C_SetOperationState;
    CK_RV (*C_Login)(CK_ULONG session, CK_ULONG user, const CK_BYTE *pin, CK_ULONG length);
    CK_RV (*C_Logout)(CK_ULONG session);
    void *C_CreateObject, *C_CopyObject, *C_DestroyObject, *C_GetObjectSize;
    CK_RV (*C_GetAttributeValue)(CK_ULONG session, CK_ULONG object, struct ck_attribute *attributes, CK_ULONG count);
    void *C_SetAttributeValue;
    CK_RV (*C_FindObjectsInit)(CK_ULONG session, struct ck_attribute *attributes, CK_ULONG count);
    CK_RV (*C_FindObjects)(CK_ULONG session, CK_ULONG *objects, CK_ULONG room, CK_ULONG *count);
    CK_RV (*C_FindObjectsFinal)(CK_ULONG session);
    CK_RV (*C_EncryptInit)(CK_ULONG session, struct ck_mechanism *mechanism, CK_ULONG key);
    CK_RV (*C_Encrypt)(CK_ULONG session, const CK_BYTE *input, CK_ULONG length, CK_BYTE *output, CK_ULONG *room);
    void *C_EncryptUpdate, *C_EncryptFinal;
    CK_RV (*C_DecryptInit)(CK_ULONG session, struct ck_mechanism *mechanism, CK_ULONG key);
    CK_RV (*C_Decrypt)(CK_ULONG session, const CK_BYTE *input, CK_ULONG length, CK_BYTE *output, CK_ULONG *room);
    void *C_DecryptUpdate, *C_DecryptFinal, *C_DigestInit, *C_Digest;
    void *C_DigestUpdate, *C_DigestKey, *C_DigestFinal, *C_SignInit;
    void *C_Sign, *C_SignUpdate, *C_SignFinal, *C_SignRecoverInit;
    void *C_SignRecover, *C_VerifyInit, *C_Verify, *C_VerifyUpdate;
    void *C_VerifyFinal, *C_VerifyRecoverInit, *C_VerifyRecover, *C_DigestEncryptUpdate;
    void *C_DecryptDigestUpdate, *C_SignEncryptUpdate, *C_DecryptVerifyUpdate;
    CK_RV (*C_GenerateKey)(CK_ULONG session, struct ck_mechanism *mechanism, struct ck_attribute *attributes, CK_ULONG count, CK_ULONG *key);
};

typedef CK_RV (*ck_get_function_list)(struct ck_function_list **list);

static const CK_ULONG CKF_SERIAL_SESSION = 4, CKF_RW_SESSION = 2, CKF_OS_LOCKING_OK = 2, CKU_USER = 1;
static const CK_ULONG CKF_LOGIN_REQUIRED = 4, CKF_PROTECTED_AUTHENTICATION_PATH = 0x100;
static const CK_ULONG CKO_SECRET_KEY = 4, CKK_AES = 0x1f, CKM_AES_KEY_GEN = 0x1080, CKM_AES_GCM = 0x1087;
static const CK_ULONG CKA_CLASS = 0, CKA_TOKEN = 1, CKA_PRIVATE = 2, CKA_LABEL = 3, CKA_KEY_TYPE = 0x100,
    CKA_SENSITIVE = 0x103, CKA_ENCRYPT = 0x104, CKA_DECRYPT = 0x105, CKA_VALUE_LEN = 0x161, CKA_EXTRACTABLE = 0x162;
static const CK_ULONG CKR_OK = 0, CKR_SLOT_ID_INVALID = 3, CKR_DEVICE_ERROR = 0x30, CKR_DEVICE_REMOVED = 0x32,
    CKR_MECHANISM_INVALID = 0x70, CKR_PIN_INCORRECT = 0xa0, CKR_PIN_INVALID = 0xa1, CKR_PIN_LEN_RANGE = 0xa2,
    CKR_PIN_LOCKED = 0xa4, CKR_TOKEN_NOT_PRESENT = 0xe0, CKR_TOKEN_NOT_RECOGNIZED = 0xe1, CKR_USER_ALREADY_LOGGED_IN
    = 0x100, CKR_CRYPTOKI_ALREADY_INITIALIZED = 0x191;

#endif
