// generated from crds/registries.yaml by scripts/generate-api.ts; do not edit
import type { Schema } from '../registries-file/check-schema.ts';

export const REGISTRY_SCHEMA: Schema = {
  "type": "object",
  "required": [
    "spec"
  ],
  "x-kubernetes-validations": [
    {
      "rule": "self.metadata.name != 'public.ecr.aws'",
      "message": "the name public.ecr.aws stands for ECR Public in pull Secrets; choose another name for the Registry"
    }
  ],
  "properties": {
    "metadata": {
      "type": "object",
      "properties": {
        "name": {
          "type": "string"
        }
      }
    },
    "spec": {
      "type": "object",
      "required": [
        "accountId",
        "region"
      ],
      "properties": {
        "accountId": {
          "type": "string",
          "maxLength": 12,
          "x-kubernetes-validations": [
            {
              "rule": "self.matches('^[0-9]{12}$')",
              "message": "an account ID has exactly 12 digits; write it in quotes, such as \"012345678901\""
            },
            {
              "rule": "self == oldSelf",
              "message": "accountId cannot be changed; make a new Registry for the other account"
            }
          ]
        },
        "region": {
          "type": "string",
          "maxLength": 32,
          "x-kubernetes-validations": [
            {
              "rule": "self.matches('^[a-z]{2,4}(-[a-z]+)+-[0-9]+$')",
              "message": "write the name of a region, such as eu-central-1 or us-gov-west-1, not a place, an availability zone or a host name"
            },
            {
              "rule": "self == oldSelf",
              "message": "region cannot be changed; make a new Registry for the other region"
            }
          ]
        },
        "access": {
          "type": "string",
          "enum": [
            "Manage",
            "PullOnly"
          ],
          "default": "Manage"
        },
        "credentials": {
          "type": "object",
          "properties": {
            "roleArn": {
              "type": "string",
              "maxLength": 2048,
              "x-kubernetes-validations": [
                {
                  "rule": "self.matches('^arn:aws(-[a-z]+)*:iam::[0-9]{12}:role/[A-Za-z0-9_+=,.@/-]+$')",
                  "message": "write the ARN of an IAM role, such as arn:aws:iam::123456789012:role/ecr-operator (not of a user, a session or an instance profile)"
                }
              ]
            },
            "externalId": {
              "type": "string",
              "minLength": 2,
              "maxLength": 1224,
              "x-kubernetes-validations": [
                {
                  "rule": "self.matches('^[A-Za-z0-9_+=,.@:/-]*$')",
                  "message": "an external ID has letters, digits and _ + = , . @ : / - only; write it as it stands in the trust policy of the role"
                }
              ]
            },
            "sessionName": {
              "type": "string",
              "minLength": 2,
              "maxLength": 64,
              "x-kubernetes-validations": [
                {
                  "rule": "self.matches('^[A-Za-z0-9_+=,.@-]*$')",
                  "message": "a session name has letters, digits and _ + = , . @ - only, without spaces or slashes; write one such as ecr-operator"
                }
              ]
            },
            "sessionTags": {
              "type": "object",
              "maxProperties": 50,
              "additionalProperties": {
                "type": "string",
                "maxLength": 256,
                "x-kubernetes-validations": [
                  {
                    "rule": "self.matches('^[\\\\p{L}\\\\p{Z}\\\\p{N}_.:/=+@-]*$')",
                    "message": "write the value of a session tag with letters, digits, spaces and _ . : / = + - @ only, as AWS has it"
                  }
                ]
              },
              "x-kubernetes-validations": [
                {
                  "rule": "self.all(key, size(key) <= 128 && key.matches('^[\\\\p{L}\\\\p{Z}\\\\p{N}_.:/=+@-]+$'))",
                  "message": "write the key of a session tag with 1 to 128 letters, digits, spaces and _ . : / = + - @ only, as AWS has it"
                },
                {
                  "rule": "self.all(key, !key.matches('^[aA][wW][sS]:'))",
                  "message": "the keys of session tags that begin with aws: are AWS's own; choose another key"
                }
              ]
            },
            "transitiveTagKeys": {
              "type": "array",
              "minItems": 1,
              "maxItems": 50,
              "x-kubernetes-list-type": "set",
              "items": {
                "type": "string",
                "maxLength": 128
              }
            },
            "chain": {
              "type": "array",
              "minItems": 1,
              "maxItems": 4,
              "x-kubernetes-list-type": "atomic",
              "items": {
                "type": "object",
                "required": [
                  "roleArn"
                ],
                "properties": {
                  "roleArn": {
                    "type": "string",
                    "maxLength": 2048,
                    "x-kubernetes-validations": [
                      {
                        "rule": "self.matches('^arn:aws(-[a-z]+)*:iam::[0-9]{12}:role/[A-Za-z0-9_+=,.@/-]+$')",
                        "message": "write the ARN of an IAM role, such as arn:aws:iam::123456789012:role/ecr-operator (not of a user, a session or an instance profile)"
                      }
                    ]
                  },
                  "externalId": {
                    "type": "string",
                    "minLength": 2,
                    "maxLength": 1224,
                    "x-kubernetes-validations": [
                      {
                        "rule": "self.matches('^[A-Za-z0-9_+=,.@:/-]*$')",
                        "message": "an external ID has letters, digits and _ + = , . @ : / - only; write it as it stands in the trust policy of the role"
                      }
                    ]
                  },
                  "sessionName": {
                    "type": "string",
                    "minLength": 2,
                    "maxLength": 64,
                    "x-kubernetes-validations": [
                      {
                        "rule": "self.matches('^[A-Za-z0-9_+=,.@-]*$')",
                        "message": "a session name has letters, digits and _ + = , . @ - only, without spaces or slashes; write one such as ecr-operator"
                      }
                    ]
                  }
                }
              }
            },
            "secretRef": {
              "type": "object",
              "required": [
                "name"
              ],
              "properties": {
                "name": {
                  "type": "string",
                  "maxLength": 253,
                  "x-kubernetes-validations": [
                    {
                      "rule": "self.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$')",
                      "message": "write the name alone of a Secret in the operator's namespace, of lower case letters, digits, - and ., such as aws-credentials"
                    }
                  ]
                }
              }
            }
          },
          "x-kubernetes-validations": [
            {
              "rule": "!has(self.transitiveTagKeys) || (has(self.sessionTags) && self.transitiveTagKeys.all(key, key in self.sessionTags))",
              "message": "list in transitiveTagKeys keys of sessionTags only; add what is missing to sessionTags, or take it out of transitiveTagKeys"
            }
          ]
        },
        "pullRoleArn": {
          "type": "string",
          "maxLength": 2048,
          "x-kubernetes-validations": [
            {
              "rule": "self.matches('^arn:aws(-[a-z]+)*:iam::[0-9]{12}:role/[A-Za-z0-9_+=,.@/-]+$')",
              "message": "write the ARN of an IAM role, such as arn:aws:iam::123456789012:role/ecr-operator (not of a user, a session or an instance profile)"
            }
          ]
        },
        "endpoint": {
          "type": "object",
          "properties": {
            "ecr": {
              "type": "string",
              "maxLength": 1024,
              "x-kubernetes-validations": [
                {
                  "rule": "self.matches('^https?://[A-Za-z0-9.\\\\[\\\\]:-]+(/[^?#\\\\s]*)?$')",
                  "message": "write a whole URL with http:// or https:// and without user, query or fragment, such as https://vpce-0a1b2c.api.ecr.eu-central-1.vpce.amazonaws.com"
                }
              ]
            },
            "sts": {
              "type": "string",
              "maxLength": 1024,
              "x-kubernetes-validations": [
                {
                  "rule": "self.matches('^https?://[A-Za-z0-9.\\\\[\\\\]:-]+(/[^?#\\\\s]*)?$')",
                  "message": "write a whole URL with http:// or https:// and without user, query or fragment, such as https://vpce-0a1b2c.api.ecr.eu-central-1.vpce.amazonaws.com"
                }
              ]
            },
            "fips": {
              "type": "boolean"
            },
            "dualStack": {
              "type": "boolean"
            },
            "caBundle": {
              "type": "string",
              "maxLength": 65536,
              "x-kubernetes-validations": [
                {
                  "rule": "self.contains('-----BEGIN CERTIFICATE-----') && self.contains('-----END CERTIFICATE-----')",
                  "message": "write certificates in PEM, each from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----"
                },
                {
                  "rule": "!self.contains('PRIVATE KEY')",
                  "message": "a private key does not belong here, where everybody can read it; write the certificates alone"
                }
              ]
            }
          },
          "x-kubernetes-validations": [
            {
              "rule": "has(self.ecr) || has(self.sts) || has(self.fips) || has(self.dualStack) || has(self.caBundle)",
              "message": "set one of ecr, sts, fips, dualStack and caBundle at least, or leave endpoint out to use the public endpoints of the region"
            }
          ]
        },
        "tenancy": {
          "type": "object",
          "required": [
            "rules"
          ],
          "properties": {
            "rules": {
              "type": "array",
              "minItems": 1,
              "maxItems": 64,
              "x-kubernetes-list-type": "atomic",
              "items": {
                "type": "object",
                "required": [
                  "allow"
                ],
                "properties": {
                  "namespaceSelector": {
                    "type": "object",
                    "x-kubernetes-map-type": "atomic",
                    "properties": {
                      "matchLabels": {
                        "type": "object",
                        "maxProperties": 32,
                        "additionalProperties": {
                          "type": "string",
                          "maxLength": 63,
                          "x-kubernetes-validations": [
                            {
                              "rule": "self.matches('^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$')",
                              "message": "no label has this value; write letters, digits and - _ . only, with a letter or digit at both ends"
                            }
                          ]
                        },
                        "x-kubernetes-validations": [
                          {
                            "rule": "self.all(key, key.matches('^([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$'))",
                            "message": "no label has this key; write one such as team or kubernetes.io/metadata.name"
                          }
                        ]
                      },
                      "matchExpressions": {
                        "type": "array",
                        "maxItems": 8,
                        "x-kubernetes-list-type": "atomic",
                        "items": {
                          "type": "object",
                          "required": [
                            "key",
                            "operator"
                          ],
                          "properties": {
                            "key": {
                              "type": "string",
                              "maxLength": 317,
                              "x-kubernetes-validations": [
                                {
                                  "rule": "self.matches('^([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$')",
                                  "message": "no label has this key; write one such as team or kubernetes.io/metadata.name"
                                }
                              ]
                            },
                            "operator": {
                              "type": "string",
                              "enum": [
                                "In",
                                "NotIn",
                                "Exists",
                                "DoesNotExist"
                              ]
                            },
                            "values": {
                              "type": "array",
                              "maxItems": 32,
                              "x-kubernetes-list-type": "atomic",
                              "items": {
                                "type": "string",
                                "maxLength": 63,
                                "x-kubernetes-validations": [
                                  {
                                    "rule": "self.matches('^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$')",
                                    "message": "no label has this value; write letters, digits and - _ . only, with a letter or digit at both ends"
                                  }
                                ]
                              }
                            }
                          },
                          "x-kubernetes-validations": [
                            {
                              "rule": "!(self.operator in ['In', 'NotIn']) || (has(self.values) && size(self.values) > 0)",
                              "message": "In and NotIn compare with values; list at least one, or write Exists or DoesNotExist"
                            },
                            {
                              "rule": "!(self.operator in ['Exists', 'DoesNotExist']) || !has(self.values) || size(self.values) == 0",
                              "message": "Exists and DoesNotExist look at the key alone; leave values out, or write In or NotIn"
                            }
                          ]
                        }
                      }
                    }
                  },
                  "repositoryPrefixes": {
                    "type": "array",
                    "minItems": 1,
                    "maxItems": 50,
                    "x-kubernetes-list-type": "set",
                    "items": {
                      "type": "string",
                      "maxLength": 256,
                      "x-kubernetes-validations": [
                        {
                          "rule": "self.matches('^[a-z0-9]+((\\\\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\\\\.|_|__|-+)[a-z0-9]+)*)*/?$')",
                          "message": "write the first segments of repository names, such as team-a or team-a/backend, in lower case and without a wildcard; leave repositoryPrefixes out for every name"
                        }
                      ]
                    }
                  },
                  "allow": {
                    "type": "array",
                    "minItems": 1,
                    "maxItems": 6,
                    "x-kubernetes-list-type": "set",
                    "items": {
                      "type": "string",
                      "enum": [
                        "Pull",
                        "Create",
                        "Adopt",
                        "DeleteImages",
                        "Share",
                        "Public"
                      ]
                    }
                  }
                }
              }
            }
          }
        },
        "driftCheck": {
          "type": "object",
          "required": [
            "schedule"
          ],
          "properties": {
            "schedule": {
              "type": "string",
              "maxLength": 128,
              "x-kubernetes-validations": [
                {
                  "rule": "self.matches('^[^ ]+( [^ ]+){4}$')",
                  "message": "write five cron fields with single spaces, such as */30 * * * * for every half hour"
                },
                {
                  "rule": "!self.matches('[0-9]{3}')",
                  "message": "write numbers of one or two digits, such as 5 or 59, which is all that cron fields hold"
                }
              ]
            },
            "timeZone": {
              "type": "string",
              "default": "UTC",
              "maxLength": 64,
              "x-kubernetes-validations": [
                {
                  "rule": "self.matches('^[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*$')",
                  "message": "write the IANA name of a time zone, such as Europe/Berlin or UTC"
                }
              ]
            }
          }
        },
        "mode": {
          "type": "string",
          "enum": [
            "Enforce",
            "Observe"
          ]
        },
        "replication": {
          "type": "object",
          "required": [
            "rules"
          ],
          "properties": {
            "rules": {
              "type": "array",
              "maxItems": 25,
              "x-kubernetes-list-type": "atomic",
              "items": {
                "type": "object",
                "required": [
                  "destinations"
                ],
                "properties": {
                  "destinations": {
                    "type": "array",
                    "minItems": 1,
                    "maxItems": 100,
                    "x-kubernetes-list-type": "map",
                    "x-kubernetes-list-map-keys": [
                      "region",
                      "accountId"
                    ],
                    "items": {
                      "type": "object",
                      "required": [
                        "region",
                        "accountId"
                      ],
                      "properties": {
                        "region": {
                          "type": "string",
                          "maxLength": 25,
                          "x-kubernetes-validations": [
                            {
                              "rule": "self.matches('^[a-z]{2,4}(-[a-z]+)+-[0-9]+$')",
                              "message": "write the name of a region, such as eu-west-1"
                            }
                          ]
                        },
                        "accountId": {
                          "type": "string",
                          "maxLength": 12,
                          "x-kubernetes-validations": [
                            {
                              "rule": "self.matches('^[0-9]{12}$')",
                              "message": "an account ID has exactly 12 digits; write it in quotes, such as \"012345678901\""
                            }
                          ]
                        }
                      }
                    }
                  },
                  "filters": {
                    "type": "array",
                    "minItems": 1,
                    "maxItems": 100,
                    "x-kubernetes-list-type": "set",
                    "items": {
                      "type": "string",
                      "minLength": 2,
                      "maxLength": 256,
                      "x-kubernetes-validations": [
                        {
                          "rule": "self.matches('^([a-z0-9]+([._-][a-z0-9]*)*/)*[a-z0-9]*([._-][a-z0-9]*)*$')",
                          "message": "write how the names of repositories begin, such as prod or team-a/, in lower case and without a wildcard"
                        }
                      ]
                    }
                  }
                }
              }
            }
          }
        },
        "scanning": {
          "type": "object",
          "required": [
            "scanType"
          ],
          "properties": {
            "scanType": {
              "type": "string",
              "enum": [
                "BASIC",
                "ENHANCED"
              ]
            },
            "rules": {
              "type": "array",
              "maxItems": 2,
              "x-kubernetes-list-type": "map",
              "x-kubernetes-list-map-keys": [
                "scanFrequency"
              ],
              "items": {
                "type": "object",
                "required": [
                  "scanFrequency",
                  "filters"
                ],
                "properties": {
                  "scanFrequency": {
                    "type": "string",
                    "enum": [
                      "SCAN_ON_PUSH",
                      "CONTINUOUS_SCAN",
                      "MANUAL"
                    ]
                  },
                  "filters": {
                    "type": "array",
                    "minItems": 1,
                    "maxItems": 100,
                    "x-kubernetes-list-type": "set",
                    "items": {
                      "type": "string",
                      "minLength": 1,
                      "maxLength": 255,
                      "x-kubernetes-validations": [
                        {
                          "rule": "self.matches('^[a-z0-9*]([._/-]?[a-z0-9*]+)*$')",
                          "message": "write a name of repositories in lower case, such as prod/*, or * for every one"
                        }
                      ]
                    }
                  }
                }
              }
            }
          },
          "x-kubernetes-validations": [
            {
              "rule": "self.scanType == 'ENHANCED' || !has(self.rules) || self.rules.all(one, one.scanFrequency != 'CONTINUOUS_SCAN')",
              "message": "CONTINUOUS_SCAN exists with scanType ENHANCED only; write SCAN_ON_PUSH, or set scanType to ENHANCED"
            }
          ]
        },
        "policy": {
          "type": "object",
          "required": [
            "document"
          ],
          "properties": {
            "document": {
              "type": "string",
              "maxLength": 10240,
              "x-kubernetes-validations": [
                {
                  "rule": "self == '' || self.matches('^\\\\s*\\\\{')",
                  "message": "write the policy as JSON text that begins with { - in YAML a block that begins with \"document: |\" - or \"\" to have none"
                }
              ]
            }
          }
        },
        "accountSettings": {
          "type": "object",
          "properties": {
            "registryPolicyScope": {
              "type": "string",
              "enum": [
                "V2"
              ]
            },
            "basicScanTypeVersion": {
              "type": "string",
              "enum": [
                "AWS_NATIVE"
              ]
            },
            "blobMounting": {
              "type": "string",
              "enum": [
                "ENABLED",
                "DISABLED"
              ]
            }
          },
          "x-kubernetes-validations": [
            {
              "rule": "has(self.registryPolicyScope) || has(self.basicScanTypeVersion) || has(self.blobMounting)",
              "message": "set one of registryPolicyScope, basicScanTypeVersion and blobMounting at least, or leave accountSettings out"
            }
          ]
        },
        "signing": {
          "type": "object",
          "required": [
            "rules"
          ],
          "properties": {
            "rules": {
              "type": "array",
              "maxItems": 10,
              "x-kubernetes-list-type": "atomic",
              "items": {
                "type": "object",
                "required": [
                  "signingProfileArn"
                ],
                "properties": {
                  "signingProfileArn": {
                    "type": "string",
                    "maxLength": 200,
                    "x-kubernetes-validations": [
                      {
                        "rule": "self.matches('^arn:aws(-[a-z]+)*:signer:[a-z0-9-]+:[0-9]{12}:/signing-profiles/[a-zA-Z0-9_]{2,}$')",
                        "message": "write the ARN of a signing profile, such as arn:aws:signer:eu-central-1:123456789012:/signing-profiles/release"
                      }
                    ]
                  },
                  "filters": {
                    "type": "array",
                    "minItems": 1,
                    "maxItems": 100,
                    "x-kubernetes-list-type": "set",
                    "items": {
                      "type": "string",
                      "minLength": 1,
                      "maxLength": 256,
                      "x-kubernetes-validations": [
                        {
                          "rule": "self.matches('^([a-z0-9*]+([._-][a-z0-9*]+)*/)*[a-z0-9*]+([._-][a-z0-9*]+)*$')",
                          "message": "write a name of repositories in lower case, such as prod/*, or * for every one"
                        }
                      ]
                    }
                  }
                }
              }
            }
          }
        },
        "pullTimeUpdateExclusions": {
          "type": "array",
          "maxItems": 100,
          "x-kubernetes-list-type": "atomic",
          "items": {
            "type": "string",
            "maxLength": 200,
            "x-kubernetes-validations": [
              {
                "rule": "self.matches('^arn:aws(-[a-z]+)*:iam::[0-9]{12}:(role|user)/[\\\\w+=,.@-]+(/[\\\\w+=,.@-]+)*$')",
                "message": "write the ARN of an IAM role or user, such as arn:aws:iam::123456789012:role/scanner (not of a session or an account)"
              }
            ]
          }
        },
        "suspend": {
          "type": "boolean"
        }
      },
      "x-kubernetes-validations": [
        {
          "rule": "!has(self.credentials) || !has(self.credentials.externalId) || has(self.credentials.roleArn) || has(self.pullRoleArn)",
          "message": "credentials.externalId is sent when a role is assumed; set credentials.roleArn or pullRoleArn as well, or leave externalId out"
        },
        {
          "rule": "!has(self.credentials) || !has(self.credentials.sessionName) || has(self.credentials.roleArn) || has(self.pullRoleArn)",
          "message": "credentials.sessionName names the session of an assumed role; set credentials.roleArn or pullRoleArn as well, or leave sessionName out"
        },
        {
          "rule": "!has(self.credentials) || !has(self.credentials.sessionTags) || has(self.credentials.roleArn) || has(self.pullRoleArn)",
          "message": "credentials.sessionTags are sent when a role is assumed; set credentials.roleArn or pullRoleArn as well, or leave sessionTags out"
        },
        {
          "rule": "!has(self.credentials) || !has(self.credentials.chain) || has(self.credentials.roleArn) || has(self.pullRoleArn)",
          "message": "credentials.chain leads to a role; set credentials.roleArn or pullRoleArn as well, such as the last role of the chain"
        },
        {
          "rule": "!(has(self.access) && self.access == 'PullOnly') || !(has(self.mode) || has(self.replication) || has(self.scanning) || has(self.policy) || has(self.accountSettings) || has(self.signing) || has(self.pullTimeUpdateExclusions))",
          "message": "with access PullOnly nothing is ever written to the registry; leave mode, replication, scanning, policy, accountSettings, signing and pullTimeUpdateExclusions out, or set access to Manage"
        },
        {
          "rule": "!has(self.replication) || self.replication.rules.all(rule, rule.destinations.all(to, to.region != self.region || to.accountId != self.accountId))",
          "message": "a registry is not replicated to itself; write another region or another accountId as destination"
        }
      ]
    }
  }
};
