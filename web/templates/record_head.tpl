<div class="record-head" id="record-{{key}}">
  <h2 class="record-name">
    % if name:
    <bdi>{{name}}</bdi>
    <span class="badge">{{kind}}</span>
    % else:
    {{kind}}
    % end
  </h2>
  <p class="muted" title="{{exact}}">{{sentence}}</p>
</div>
