{{- define "ecr-operator.container" -}}
image: {{ include "ecr-operator.image" . }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
{{- with .Values.extraArgs }}
args:
  {{- toYaml . | nindent 2 }}
{{- end }}
env:
  {{- include "ecr-operator.env" . | nindent 2 }}
  {{- with .Values.extraEnv }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- with .Values.extraEnvFrom }}
envFrom:
  {{- toYaml . | nindent 2 }}
{{- end }}
ports:
  {{- if .Values.metrics.enabled }}
  - name: metrics
    containerPort: {{ .Values.metrics.port }}
  {{- end }}
  - name: health
    containerPort: {{ .Values.health.port }}
livenessProbe:
  httpGet:
    path: /healthz
    port: health
  {{- with .Values.health.livenessProbe }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
readinessProbe:
  httpGet:
    path: /readyz
    port: health
  {{- with .Values.health.readinessProbe }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- with .Values.resources }}
resources:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.securityContext }}
securityContext:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- if or .Values.registries .Values.extraVolumeMounts }}
volumeMounts:
  {{- if .Values.registries }}
  # The folder, not the file: a changed ConfigMap would not show in that.
  - name: registries
    mountPath: /etc/ecr-operator
    readOnly: true
  {{- end }}
  {{- with .Values.extraVolumeMounts }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end }}
{{- end }}

{{/* Settings of the operator by the names of its environment. */}}
{{- define "ecr-operator.env" -}}
- name: ECR_OPERATOR_NAMESPACE
  valueFrom:
    fieldRef:
      fieldPath: metadata.namespace
- name: ECR_OPERATOR_POD_NAME
  valueFrom:
    fieldRef:
      fieldPath: metadata.name
- name: ECR_OPERATOR_PULL_SECRET_NAMES
  value: {{ join "," .Values.pullSecretNames | quote }}
- name: ECR_OPERATOR_METRICS_BIND_ADDRESS
  value: {{ ternary (printf ":%v" .Values.metrics.port) "0" .Values.metrics.enabled | quote }}
- name: ECR_OPERATOR_HEALTH_PROBE_BIND_ADDRESS
  value: {{ printf ":%v" .Values.health.port | quote }}
{{- if .Values.nameOverride }}
- name: ECR_OPERATOR_LEASE_NAME
  value: {{ include "ecr-operator.name" . }}
{{- end }}
{{- if ne .Values.controllers "all" }}
- name: ECR_OPERATOR_CONTROLLERS
  value: {{ .Values.controllers }}
{{- end }}
{{- with .Values.watchNamespaces }}
- name: ECR_OPERATOR_WATCH_NAMESPACES
  value: {{ join "," . | quote }}
{{- end }}
{{- if .Values.registries }}
- name: ECR_OPERATOR_REGISTRIES_FILE
  value: /etc/ecr-operator/registries.yaml
{{- end }}
{{- if not (has "*" .Values.serviceAccountNames) }}
- name: ECR_OPERATOR_SERVICE_ACCOUNT_NAMES
  value: {{ join "," .Values.serviceAccountNames | quote }}
{{- end }}
{{- if .Values.repairPods }}
- name: ECR_OPERATOR_REPAIR_PODS
  value: "true"
{{- end }}
{{- if .Values.imageUsage }}
- name: ECR_OPERATOR_IMAGE_USAGE
  value: "true"
{{- end }}
{{- range $name, $value := .Values.settings | default dict }}
- name: ECR_OPERATOR_{{ $name | snakecase | upper }}
  {{- if kindIs "slice" $value }}
  value: {{ join "," $value | quote }}
  {{- else }}
  {{- /* A whole number that has gone through JSON is a float to templates. */}}
  value: {{ kindIs "float64" $value | ternary (toString (int64 $value)) (toString $value) | quote }}
  {{- end }}
{{- end }}
{{- with .Values.aws.region }}
- name: AWS_REGION
  value: {{ . | quote }}
{{- end }}
{{- if not .Values.aws.instanceMetadata }}
- name: AWS_EC2_METADATA_DISABLED
  value: "true"
{{- end }}
{{- end }}
