{{/* The name of every object. Not the release's: IAM trust policies and the docs name it. */}}
{{- define "ecr-operator.name" -}}
{{ .Values.nameOverride | default .Chart.Name }}
{{- end }}

{{- define "ecr-operator.serviceAccountName" -}}
{{ .Values.serviceAccount.name | default (include "ecr-operator.name" .) }}
{{- end }}

{{/* The same as kustomize's, which helm can so take over: the selector of a Deployment cannot be changed. */}}
{{- define "ecr-operator.selectorLabels" -}}
app.kubernetes.io/name: {{ include "ecr-operator.name" . }}
{{- end }}

{{- define "ecr-operator.ownLabels" -}}
{{ include "ecr-operator.selectorLabels" . }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}

{{/* Of every object, with the further ones of its value (.more), which go first. */}}
{{- define "ecr-operator.labelsWith" -}}
{{- merge dict (.more | default dict) (include "ecr-operator.ownLabels" .root | fromYaml) (.root.Values.commonLabels | default dict) | toYaml -}}
{{- end }}

{{- define "ecr-operator.labels" -}}
{{ include "ecr-operator.labelsWith" (dict "root" .) }}
{{- end }}

{{- define "ecr-operator.image" -}}
{{- $image := .Values.image -}}
{{- $tag := $image.tag | default (ternary "" .Chart.AppVersion (ne $image.digest "")) -}}
{{ $image.repository }}{{ with $tag }}:{{ . }}{{ end }}{{ with $image.digest }}@{{ . }}{{ end }}
{{- end }}

{{/* The Secret that Pods get at admission. */}}
{{- define "ecr-operator.admissionSecretName" -}}
{{ .Values.admission.pods.secretName | default (first .Values.pullSecretNames) }}
{{- end }}

{{- define "ecr-operator.registriesConfigMap" -}}
{{ include "ecr-operator.name" . }}-registries
{{- end }}

{{/* Strings as a list of CEL. */}}
{{- define "ecr-operator.celStrings" -}}
[{{ range $index, $word := . }}{{ if $index }}, {{ end }}'{{ $word }}'{{ end }}]
{{- end }}

{{/* A file of an admission policy with the name and the labels of this release. */}}
{{- define "ecr-operator.shipped" -}}
{{- $object := .root.Files.Get .file | fromYaml -}}
{{- $name := printf "%s-%s" (include "ecr-operator.name" .root) .suffix -}}
{{- $_ := set $object.metadata "name" $name -}}
{{- $_ := set $object.metadata "labels" (include "ecr-operator.labels" .root | fromYaml) -}}
{{- if hasKey $object.spec "policyName" -}}
{{- $_ := set $object.spec "policyName" $name -}}
{{- end -}}
{{- range $object.spec.variables -}}
{{- if hasKey $.variables .name -}}
{{- $_ := set . "expression" (get $.variables .name) -}}
{{- end -}}
{{- end -}}
{{ toYaml $object }}
{{- end }}

{{/* The rules of alerts, with the labels of the values, and without what they leave out. */}}
{{- define "ecr-operator.alerts" -}}
{{- $values := .Values.metrics.prometheusRule -}}
{{- $rules := include "ecr-operator.shippedAlerts" . | fromYaml -}}
{{- range $group := $rules.groups -}}
{{- $kept := list -}}
{{- range $group.rules -}}
{{- $annotations := .annotations -}}
{{- if not (has .alert ($values.withoutAlerts | default list)) -}}
{{- $_ := set . "labels" (merge dict ($values.alertLabels | default dict) .labels) -}}
{{- with $values.runbookUrl -}}
{{- $_ := set $annotations "runbook_url" (printf "%s#%s" . (splitList "#" $annotations.runbook_url | last)) -}}
{{- end -}}
{{- $kept = append $kept . -}}
{{- end -}}
{{- end -}}
{{- $_ := set $group "rules" $kept -}}
{{- end -}}
{{ toYaml $rules }}
{{- end }}

{{- define "ecr-operator.shippedAlerts" -}}
{{ .Files.Get "files/monitoring/alerts.yaml" | required "the chart is without deploy/monitoring/alerts.yaml" }}
{{- end }}

{{/* A role and its binding. With a namespace those of that namespace, else of the cluster. */}}
{{- define "ecr-operator.role" -}}
{{- $scope := ternary "" "Cluster" (hasKey . "namespace") -}}
apiVersion: rbac.authorization.k8s.io/v1
kind: {{ $scope }}Role
metadata:
  name: {{ .name }}
  {{- with .namespace }}
  namespace: {{ . | quote }}
  {{- end }}
  labels:
    {{- include "ecr-operator.labels" .root | nindent 4 }}
rules:
  {{- .rules | nindent 2 }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: {{ $scope }}RoleBinding
metadata:
  name: {{ .name }}
  {{- with .namespace }}
  namespace: {{ . | quote }}
  {{- end }}
  labels:
    {{- include "ecr-operator.labels" .root | nindent 4 }}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: {{ $scope }}Role
  name: {{ .name }}
subjects:
  - kind: ServiceAccount
    name: {{ include "ecr-operator.serviceAccountName" .root | quote }}
    namespace: {{ .root.Release.Namespace | quote }}
{{- end }}

{{/* Something, if a value is true, or null in an installation for the whole cluster; nothing else. */}}
{{- define "ecr-operator.inWholeCluster" -}}
{{- if ternary (not .root.Values.watchNamespaces) .given (kindIs "invalid" .given) -}}
true
{{- end -}}
{{- end }}
