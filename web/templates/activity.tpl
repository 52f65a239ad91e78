% if view.activity:
<section class="card" id="activity" aria-labelledby="activity-title">
  <h2 id="activity-title">{{t("activity.title")}}</h2>
  <p class="legend muted" aria-hidden="true">
    <span class="of-records">▲ {{t("activity.records")}}</span>
    <span class="of-syncs">▼ {{t("activity.syncs")}}</span>
  </p>
  % for chart in view.activity:
  <div class="chart" id="activity-{{chart.name}}">
    <h3>{{chart.title}} <span class="muted">{{chart.summary}}</span></h3>
    % if chart.rows:
    <svg viewBox="0 0 240 80" preserveAspectRatio="none" aria-hidden="true" focusable="false">
      % if chart.records_path:
      <path class="of-records" d="{{chart.records_path}}"/>
      % end
      % if chart.syncs_path:
      <path class="of-syncs" d="{{chart.syncs_path}}"/>
      % end
      <path class="middle" d="M0 40h240"/>
    </svg>
    <div class="marks of-{{chart.name}}" aria-hidden="true">
      % for mark in chart.marks:
      <span>{{mark}}</span>
      % end
    </div>
    <table class="unseen">
      <caption>{{chart.title}}</caption>
      <thead>
        <tr><th scope="col">{{chart.column}}</th><th scope="col">{{t("activity.syncs")}}</th><th scope="col">{{t("activity.records")}}</th></tr>
      </thead>
      <tbody>
        % for row in chart.rows:
        <tr><th scope="row">{{row.when}}</th><td>{{row.syncs}}</td><td>{{row.records}}</td></tr>
        % end
      </tbody>
    </table>
    % end
  </div>
  % end
</section>
% end
