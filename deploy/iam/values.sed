# What the policies in this folder leave open: put your own values on the right.

# aws, aws-cn or aws-us-gov
s/PARTITION/aws/g
s/ACCOUNT_ID/123456789012/g
# One region, or * for all of them
s/REGION/*/g
# How the names of repositories begin, such as team-a\/ for team-a/web; nothing for all of them
s/PREFIX//g

# assume-roles.json: the roles of roleArn, chain and pullRoleArn
s/ASSUMED_ROLE/ecr-*/g
# trust-role.json: the role that the operator runs with, and the externalId of the Registry
s/OPERATOR_ROLE/ecr-operator/g
s/EXTERNAL_ID/ecr-operator/g
# trust-irsa.json: the OIDC provider of the cluster, without https:
s/OIDC_PROVIDER/oidc.eks.us-east-1.amazonaws.com\/id\/EXAMPLE/g
# trust-irsa.json, trust-pod-identity.json: where the operator runs
s/NAMESPACE/ecr-operator/g
# repositories-owned.json: --cluster-name of the operator; without one it is the UID of the namespace kube-system
s/CLUSTER/production/g
# kms.json: the key in encryption
s/KMS_KEY/EXAMPLE/g
# pass-roles.json: the roles of customRoleArn
s/CUSTOM_ROLE/ecr-custom/g
