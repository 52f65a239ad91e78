<div class="round" id="backup">
  <p class="round-words"><span id="backup-phase" role="status">{{progress.phase}}</span> <span id="backup-count">{{progress.count}}</span></p>
  <progress id="backup-bar" aria-labelledby="backup-phase" max="{{progress.total}}" value="{{progress.done}}"></progress>
</div>
