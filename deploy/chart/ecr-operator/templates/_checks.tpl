{{/* What the schema cannot see: how values go together. All that is wrong is told at once. */}}
{{- define "ecr-operator.checks" -}}
{{- $problems := list -}}
{{- with .Values.admission.pods -}}
{{- $secret := include "ecr-operator.admissionSecretName" $ -}}
{{- if and .enabled (not (has $secret $.Values.pullSecretNames)) -}}
{{- $problems = append $problems (printf "admission.pods.secretName is %q: write one of pullSecretNames (%s)" $secret (join ", " $.Values.pullSecretNames)) -}}
{{- end -}}
{{- if and .enabled (semverCompare "<1.36.0-0" $.Capabilities.KubeVersion.Version) -}}
{{- $problems = append $problems (printf "admission.pods.enabled needs Kubernetes 1.36, and this is %s" $.Capabilities.KubeVersion.Version) -}}
{{- end -}}
{{- end -}}
{{- if .Values.watchNamespaces -}}
{{- if ne .Values.controllers "pull-secrets" -}}
{{- $problems = append $problems "watchNamespaces leaves no right to manage anything in ECR: write controllers: pull-secrets" -}}
{{- end -}}
{{- if not .Values.registries -}}
{{- $problems = append $problems "watchNamespaces leaves no right to read Registry objects: write them into registries" -}}
{{- end -}}
{{- else if .Values.registries -}}
{{- $problems = append $problems "registries is for watchNamespaces alone: create Registry objects" -}}
{{- end -}}
{{- if and (eq .Values.controllers "pull-secrets") .Values.imageUsage -}}
{{- $problems = append $problems "imageUsage is for Repositories, which controllers: pull-secrets leaves out" -}}
{{- end -}}
{{- with .Values.metrics -}}
{{- if and (not .enabled) (or .serviceMonitor.enabled .prometheusRule.enabled .dashboard.enabled) -}}
{{- $problems = append $problems "metrics.serviceMonitor, metrics.prometheusRule and metrics.dashboard need metrics.enabled" -}}
{{- end -}}
{{- end -}}
{{- with .Values.metrics.prometheusRule.withoutAlerts -}}
{{- $alerts := list -}}
{{- range (include "ecr-operator.shippedAlerts" $ | fromYaml).groups -}}
{{- range .rules -}}
{{- $alerts = append $alerts .alert -}}
{{- end -}}
{{- end -}}
{{- range . -}}
{{- if not (has . $alerts) -}}
{{- $problems = append $problems (printf "metrics.prometheusRule.withoutAlerts has %s: there is no such alert" .) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if and (eq .Values.dnsPolicy "None") (not (get (.Values.dnsConfig | default dict) "nameservers")) -}}
{{- $problems = append $problems "dnsPolicy is None: write dnsConfig.nameservers" -}}
{{- end -}}
{{- if eq (int .Values.metrics.port) (int .Values.health.port) -}}
{{- $problems = append $problems (printf "metrics.port and health.port are both %v" (int .Values.health.port)) -}}
{{- end -}}
{{- if not .Values.serviceAccount.create -}}
{{- $given := .Values.serviceAccount.name -}}
{{- if not $given -}}
{{- $problems = append $problems "serviceAccount.create is false: write the name of the one that is there into serviceAccount.name" -}}
{{- end -}}
{{- range $name, $value := dict "aws.roleArn" .Values.aws.roleArn "serviceAccount.annotations" .Values.serviceAccount.annotations -}}
{{- if $value -}}
{{- $problems = append $problems (printf "%s is for the ServiceAccount that the chart makes: annotate %s with it" $name ($given | default "yours")) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- $settings := .Values.settings | default dict -}}
{{- $duration := int ($settings.leaseDurationSeconds | default 30) -}}
{{- $deadline := int ($settings.leaseRenewDeadlineSeconds | default 20) -}}
{{- $retry := int ($settings.leaseRetryPeriodSeconds | default 5) -}}
{{- if ge $deadline $duration -}}
{{- $problems = append $problems (printf "settings.leaseRenewDeadlineSeconds is %v: write less than leaseDurationSeconds (%v)" $deadline $duration) -}}
{{- end -}}
{{- if ge $retry $deadline -}}
{{- $problems = append $problems (printf "settings.leaseRetryPeriodSeconds is %v: write less than leaseRenewDeadlineSeconds (%v)" $retry $deadline) -}}
{{- end -}}
{{- if regexMatch "^https?://[^/]*@" ($settings.otlpEndpoint | default "") -}}
{{- $problems = append $problems "settings.otlpEndpoint has a password, which would stand in the Deployment: give ECR_OPERATOR_OTLP_ENDPOINT in extraEnv, from a Secret" -}}
{{- end -}}
{{- $problems = concat $problems (include "ecr-operator.collisions" . | fromYamlArray) -}}
{{- $drain := $settings.drainSeconds | default 20 -}}
{{- if le (int .Values.terminationGracePeriodSeconds) (mul 2 (int $drain)) -}}
{{- $problems = append $problems (printf "terminationGracePeriodSeconds is %v: write more than twice settings.drainSeconds (%v)" (int .Values.terminationGracePeriodSeconds) (int $drain)) -}}
{{- end -}}
{{- if $problems -}}
{{- fail (printf "\n  - %s" (join "\n  - " $problems)) -}}
{{- end -}}
{{- end }}

{{/* Settings that rights, ports, labels or times in the chart hang on, and their values: a flag or a variable would part them. */}}
{{- define "ecr-operator.fixedSettings" -}}
namespace: ""
pod-name: ""
leader-elect: ""
lease-name: nameOverride
pull-secret-names: pullSecretNames
service-account-names: serviceAccountNames
repair-pods: repairPods
image-usage: imageUsage
drain-seconds: settings.drainSeconds
metrics-bind-address: metrics.port
health-probe-bind-address: health.port
controllers: controllers
watch-namespaces: watchNamespaces
registries-file: registries
{{- end }}

{{/* What is given beside the values, and is theirs. A list. */}}
{{- define "ecr-operator.collisions" -}}
{{- $problems := list -}}
{{- $fixed := dict -}}
{{- range $setting, $value := include "ecr-operator.fixedSettings" . | fromYaml -}}
{{- $instead := ternary (printf "write %s" $value) "the chart sets it" (ne $value "") -}}
{{- $_ := set $fixed (printf "--%s" $setting) $instead -}}
{{- $_ := set $fixed (printf "ECR_OPERATOR_%s" ($setting | replace "-" "_" | upper)) $instead -}}
{{- end -}}
{{- range .Values.extraArgs -}}
{{- $flag := splitList "=" . | first -}}
{{- if hasKey $fixed $flag -}}
{{- $problems = append $problems (printf "extraArgs has %s: %s" $flag (get $fixed $flag)) -}}
{{- end -}}
{{- end -}}
{{- $names := list -}}
{{- range include "ecr-operator.env" . | fromYamlArray -}}
{{- $names = append $names .name -}}
{{- end -}}
{{- range .Values.extraEnv -}}
{{- if hasKey $fixed .name -}}
{{- $problems = append $problems (printf "extraEnv has %s: %s" .name (get $fixed .name)) -}}
{{- else if has .name $names -}}
{{- $problems = append $problems (printf "extraEnv has %s, which is there already" .name) -}}
{{- end -}}
{{- $names = append $names .name -}}
{{- end -}}
{{- range $label, $_ := include "ecr-operator.selectorLabels" . | fromYaml -}}
{{- if hasKey ($.Values.podLabels | default dict) $label -}}
{{- $problems = append $problems (printf "podLabels has %s: that is the chart's own" $label) -}}
{{- end -}}
{{- end -}}
{{- range $label, $_ := include "ecr-operator.ownLabels" . | fromYaml -}}
{{- if hasKey ($.Values.commonLabels | default dict) $label -}}
{{- $problems = append $problems (printf "commonLabels has %s: that is the chart's own" $label) -}}
{{- end -}}
{{- end -}}
{{- $registries := list -}}
{{- range .Values.registries -}}
{{- if has .name $registries -}}
{{- $problems = append $problems (printf "registries has %s twice" .name) -}}
{{- end -}}
{{- $registries = append $registries .name -}}
{{- end -}}
{{ toYaml $problems }}
{{- end }}
