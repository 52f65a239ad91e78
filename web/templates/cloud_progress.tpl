<div class="round" id="round">
  <p class="round-words"><span id="round-phase" role="status">{{progress.phase}}</span> <span id="round-count">{{progress.count}}</span></p>
  % if progress.total:
  <progress id="round-bar" aria-labelledby="round-phase" max="{{progress.total}}" value="{{progress.done}}"></progress>
  % else:
  <progress id="round-bar" aria-labelledby="round-phase"></progress>
  % end
</div>
