/**
 * What the public events give, by family and file; every other file of these families is ignored, and for GuardDuty's
 * the index itself says whom they name. Rejected are those whose account is no 12 digits, whose Region or times are
 * placeholders, or that lack an id: nobody could act on them. `unknown`: a person decides, because ids and names
 * contradict each other or cannot be what AWS issues.
 */
export const outcomes: Record<string, { found: Record<string, string>; rejected: Record<string, string> }> = {
  accessanalyzer: {
    found: {
      'awscli__accessanalyzer-list-findings-0-1.json':
        'ExternalAccess, blocking, iam-role role/111122223333/Cognito_testpoolAuth_Role',
      'awscli__accessanalyzer-list-findings-v2-0-0.json':
        'ExternalAccess, blocking, iam-role role/111122223333/Cognito_testpoolUnauth_Role',
      'awscli__accessanalyzer-list-findings-v2-0-1.json':
        'ExternalAccess, blocking, iam-role role/111122223333/Cognito_testpoolAuth_Role',
    },
    rejected: {
      'c7n__test_access_analyzer_finding__3.json': 'FIELD_INVALID',
      'c7n__test_access_analyzer_finding_org_analyzer__2.json': 'FIELD_INVALID',
      'c7n__test_access_analyzer_finding_org_analyzer__3.json': 'FIELD_INVALID',
    },
  },
  cloudtrail: {
    found: {
      'c7n__event-appmesh-create-virtualnode.json': 'Root:APICall, blocking, root root/659775036450',
      'c7n__event-cloud-trail-create-bucket.json': 'Root:APICall, blocking, root root/619193117841',
      'invictus__cloudtrail-DeleteTrail-IAMUser.json':
        'CloudTrail:DeleteTrail, blocking, iam-user user/123837392027/bert-jan',
      'invictus__cloudtrail-PutEventSelectors-IAMUser.json':
        'CloudTrail:PutEventSelectors, blocking, iam-user user/123837392027/bert-jan',
      'invictus__ec2-DeleteFlowLogs-IAMUser.json': 'EC2:DeleteFlowLogs, advisory, iam-user user/123837392027/bert-jan',
      'invictus__iam-AttachUserPolicy-IAMUser.json':
        'IAM:AttachUserPolicy/Administrator/ByOther, blocking, iam-user user/123837392027/malicious-iam-user',
      'invictus__iam-PutRolePolicy-IAMUser.json':
        'IAM:PutRolePolicy/ByOther, advisory, iam-role role/123837392027/stratus-red-team-ec2-get-password-data-role',
      'invictus__iam-UpdateAssumeRolePolicy-IAMUser.json':
        'IAM:UpdateAssumeRolePolicy/ByOther, blocking, iam-role role/123837392027/stratus-red-team-backdoor-r-role',
      'panther__aws_cloudtrail_event_selectors_disabled__0-Event-Selector-Disabled.json':
        'CloudTrail:PutEventSelectors, blocking, unknown',
      'panther__aws_cloudtrail_stopped__0-CloudTrail-Was-Stopped.json': 'CloudTrail:StopLogging, blocking, unknown',
      'panther__aws_console_login_without_mfa__0-No-MFA-Login---IAM-User.json':
        'SignIn:ConsoleLogin/WithoutMFA, advisory, unknown',
      'panther__aws_console_login_without_mfa__2-No-MFA-Login---Root-User.json':
        'SignIn:ConsoleLogin/Root, blocking, root root/123456789012',
      'panther__aws_iam_attach_admin_user_policy__0-IAM-User-Policy-Attached-with-Administra.json':
        'IAM:AttachUserPolicy/Administrator/ByOther, blocking, iam-user user/123456789012/new-user',
      'panther__aws_iam_backdoor_role__2-IAM-Role-Policy-Updated-With-No-Policy-D.json':
        'IAM:UpdateAssumeRolePolicy/ByOther, blocking, unknown',
      'panther__aws_root_activity__0-Root-Activity---CreateServiceLinkedRole.json': 'Root:APICall, blocking, unknown',
      'panther__aws_root_activity__1-Root-Activity.json': 'Root:APICall, blocking, unknown',
      'panther__aws_vpc_flow_logs_deleted__0-Logs-Deleted.json': 'EC2:DeleteFlowLogs, advisory, unknown',
      'panther__brute_force_by_ip__0-AWS.CloudTrail---Successful-Login.json':
        'SignIn:ConsoleLogin/WithoutMFA, advisory, unknown',
    },
    rejected: {
      'fivexl__cloudtrail_delete_trail.json': 'FIELD_INVALID',
      'fivexl__console_login_without_MFA_and_SSO.json': 'FIELD_INVALID',
      'fivexl__non_read_action_by_root.json': 'FIELD_INVALID',
      'panther__aws_cloudtrail_loginprofilecreatedormodified__0-ChangeOwnPassword.json': 'FIELD_INVALID',
      'panther__aws_cloudtrail_password_spraying__1-Successful-Console-Login.json': 'FIELD_MISSING',
      'panther__aws_iam_user_key_created__0-user1-create-keys-for-user1.json': 'FIELD_INVALID',
      'panther__aws_iam_user_key_created__2-jackson-create-keys-for-jack.json': 'FIELD_INVALID',
      'panther__aws_iam_user_key_created__3-jack-create-keys-for-jackson.json': 'FIELD_INVALID',
      'panther__aws_root_access_key_created__1-Root-Created-Access-Key-For-User.json': 'FIELD_INVALID',
      'panther__aws_user_login_profile_modified__2-User-changed-password-for-other-reset-re.json': 'FIELD_INVALID',
      'panther__impossible_travel_login__1-CloudTrail-ConsoleLogin-no-history.json': 'FIELD_MISSING',
      'panther__new_user_account_logging__3-Normal-Console-Login---CloudTrail.json': 'FIELD_MISSING',
      'panther__sign_in_from_rogue_state__7-Cloudtrail---Rogue-State-Sign-In.json': 'FIELD_MISSING',
      'stratus__defense-evasion.cloudtrail-delete__cloudtrail-DeleteTrail-IAMUser.json': 'FIELD_INVALID',
      'stratus__defense-evasion.vpc-remove-flow-logs__ec2-DeleteFlowLogs-IAMUser.json': 'FIELD_INVALID',
      'stratus__persistence.iam-backdoor-role__iam-UpdateAssumeRolePolicy-IAMUser.json': 'FIELD_INVALID',
      'stratus__persistence.iam-create-admin-user__iam-AttachUserPolicy-IAMUser.json': 'FIELD_INVALID',
      'stratus__persistence.iam-create-backdoor-role__iam-AttachRolePolicy-IAMUser.json': 'FIELD_INVALID',
      'stratus__persistence.rolesanywhere-create-trust-anchor__rolesanywhere-CreateProfile-IAMUser.json':
        'FIELD_INVALID',
      'stratus__persistence.rolesanywhere-create-trust-anchor__rolesanywhere-CreateTrustAnchor-IAMUser.json':
        'FIELD_INVALID',
    },
  },
  health: {
    found: {
      'hmrc__health_event_with_target_event_type-0.json': 'AWS_RISK_CREDENTIALS_EXPOSED, immediate, unknown',
    },
    rejected: {
      'exposed-key__README-0.json': 'FIELD_INVALID',
    },
  },
  malformed: {
    found: {},
    rejected: {
      'streamalert__cloudtrail_critical_api_calls__3-0.json': 'FIELD_INVALID',
      'streamalert__cloudtrail_critical_api_calls__5-0.json': 'FIELD_INVALID',
    },
  },
  securityhub: {
    found: {
      'asr__afsbp-iam.3.json': 'IAM.3, advisory, iam-user user/111111111111/test-admin2',
      'asr__afsbp-iam.8-nodetails.json': 'IAM.8, advisory, iam-user user/111122223333/AIDACKCEVSQ6C2EXAMPLE',
      'asr__cis13.json': 'IAM.8, advisory, iam-user user/111122223333/foobarbaz',
      'asr__pci-iam.7.json': 'IAM.8, advisory, iam-user user/111111111111/sharrtest',
      'asr__test_pci321_parse__0.json': 'IAM.19, advisory, iam-user user/111111111111/foo-bar@baz',
      'c7n__test_security_hub_iam_user__0.json':
        'Software and Configuration Checks/AWS Security Best Practices, advisory, iam-user user/101010101111/developer',
      'panther__decoy_iam_assumed__0-IAM-Decoy-Assumed.json': 'Unusual Behaviors, blocking, unknown',
      'panther__decoy_secret_accessed__1-Secret-Decoy-Listed-Not-Accessed.json': 'Unusual Behaviors, blocking, unknown',
      'panther__decoy_systems_manager_parameter_accessed__0-Systems-Manager-Parameter-Decoy-Accessed.json':
        'Unusual Behaviors, blocking, unknown',
      'panther__decoy_systems_manager_parameter_accessed__1-Systems-Manager-Parameter-Decoy-Not-Acce.json':
        'Unusual Behaviors, blocking, unknown',
    },
    rejected: {
      'asr__test_stepfunctions_event_transformation__0.json': 'FIELD_MISSING',
      'asr__test_stepfunctions_event_transformation__1.json': 'FIELD_MISSING',
    },
  },
  sessions: {
    found: {
      'panther__auth0_delete_tenant_member__1-Other-Event.json': 'Auth0:signup_pwd_leak, advisory, unknown',
      'panther__auth0_fraud_risk_volume__0-Auth0-Sign-up-Password-Leak-Event.json':
        'Auth0:signup_pwd_leak, advisory, unknown',
      'panther__auth0_limits__0-Limit-WC-Event.json': 'Auth0:limit_wc, advisory, unknown',
      'panther__auth0_new_admin_invited__0-Successful-Admin-Invitation-Issued.json':
        'Auth0:signup_pwd_leak, advisory, unknown',
      'panther__auth0_same_phone_mfa_multiple_users__0-Shared-Phone-Number-as-MFA.json':
        'Auth0:gd_enrollment_complete, advisory, unknown',
      'panther__auth0_same_phone_mfa_multiple_users__1-Non-SMS-Enrollment-Voice---No-Match.json':
        'Auth0:gd_enrollment_complete, advisory, unknown',
      'panther__okta_threatinsight_security_threat_detected__1-Threat-Detected-Event---Deny.json':
        'Okta:security.threat.detected, advisory, unknown',
      'panther__okta_user_mfa_factor_suspend__0-Suspend-Event.json': 'Okta:user.mfa.factor.suspend, advisory, unknown',
    },
    rejected: {},
  },
};
