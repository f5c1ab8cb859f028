{{/* The kinds that are worked on, as resources. */}}
{{- define "ecr-operator.kinds" -}}
{{- if .Values.watchNamespaces -}}
- pullsecrets
{{- else if eq .Values.controllers "pull-secrets" -}}
- registries
- pullsecrets
- clusterpullsecrets
{{- else -}}
- registries
- repositories
- repositoryclasses
- pullsecrets
- clusterpullsecrets
- pullthroughcacherules
- repositorycreationtemplates
- publicrepositories
{{- end -}}
{{- end }}

{{/* The main job, in the cluster or in one namespace (.namespace). */}}
{{- define "ecr-operator.rules" -}}
{{- $kinds := include "ecr-operator.kinds" .root | fromYamlArray -}}
- apiGroups: [ecr-operator.io]
  resources:
    {{- toYaml $kinds | nindent 4 }}
  # patch: the finalizer
  verbs: [list, watch, patch]
- apiGroups: [ecr-operator.io]
  resources:
    {{- range $kinds }}
    - {{ . }}/status
    {{- end }}
  verbs: [patch]
- apiGroups: [""]
  resources: [namespaces]
  {{- if .namespace }}
  # In a Role that is its own namespace alone: the labels, which decide over its rights.
  verbs: [get]
  {{- else if eq .root.Values.controllers "pull-secrets" }}
  verbs: [list, watch]
  {{- else }}
  verbs: [get, list, watch]
  {{- end }}
- apiGroups: [""]
  resources: [secrets]
  resourceNames:
    {{- toYaml .root.Values.pullSecretNames | nindent 4 }}
  # get: where the logins of others stay in it, or a token that only the Secret still has
  verbs: [get, list, watch, create, patch, delete]
- apiGroups: [""]
  resources: [serviceaccounts]
  {{- if not (has "*" .root.Values.serviceAccountNames) }}
  resourceNames:
    {{- toYaml .root.Values.serviceAccountNames | nindent 4 }}
  {{- end }}
  verbs: [list, watch, patch]
{{ include "ecr-operator.eventsRules" .root }}
{{- if has "publicrepositories" $kinds }}
- apiGroups: [ecr-operator.io]
  resources: [publicrepositories]
  # get: the logo, which is not kept in memory, when it is put
  verbs: [get]
{{- end }}
{{- end }}

{{- define "ecr-operator.eventsRules" -}}
- apiGroups: [""]
  resources: [events]
  verbs: [create, patch]
{{- end }}

{{- define "ecr-operator.repairPodsRules" -}}
- apiGroups: [""]
  resources: [pods]
  verbs: [list, watch, delete]
{{- end }}

{{- define "ecr-operator.imageUsageRules" -}}
- apiGroups: [""]
  resources: [pods, replicationcontrollers]
  verbs: [list]
- apiGroups: [apps]
  resources: [deployments, statefulsets, daemonsets, replicasets]
  verbs: [list]
- apiGroups: [batch]
  resources: [jobs, cronjobs]
  verbs: [list]
{{- end }}

{{- define "ecr-operator.credentialsRules" -}}
- apiGroups: [""]
  resources: [secrets]
  resourceNames:
    {{- toYaml .Values.credentialSecretNames | nindent 4 }}
  verbs: [get, list, watch]
{{- end }}

{{- define "ecr-operator.leaseRules" -}}
- apiGroups: [coordination.k8s.io]
  resources: [leases]
  resourceNames: [{{ include "ecr-operator.name" . }}]
  # create: by server-side apply, which alone can be allowed by name
  verbs: [get, watch, create, patch]
{{- end }}
