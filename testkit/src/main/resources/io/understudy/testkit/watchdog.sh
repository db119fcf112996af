# Reads orders until the pipe ends, which is when the JVM at its other end has gone; then ends every
# watched process with all its descendants, and removes the folders.
#   watch PID SIGNAL | remove FOLDER
trap '' HUP INT TERM
PATH=$PATH:/usr/bin:/bin # whoever started the JVM may have had less

started() { # when it was born: a number may have gone to another process meanwhile
  stat=$(cat /proc/"$1"/stat 2>/dev/null) || return
  set -- ${stat##*) }
  echo "${20}"
}

watched=''   # " PID:BORN:SIGNAL PID:BORN:SIGNAL"
while read -r order rest; do
  case $order in
    watch) watched="$watched ${rest%% *}:$(started "${rest%% *}"):${rest##* }" ;;
    remove) set -- "$@" "$rest" ;;
  esac
done

descendants() {
  for child in $(cat /proc/"$1"/task/*/children 2>/dev/null); do
    echo "$child"
    descendants "$child"
  done
}

alive() { # a zombie waits for its parent only
  [ -d /proc/"$1" ] && ! grep -q '^State:.Z' /proc/"$1"/status 2>/dev/null
}

family=''
for entry in $watched; do
  pid=${entry%%:*}
  born=${entry#*:}
  [ "$(started "$pid")" = "${born%%:*}" ] || continue
  all="$pid $(descendants "$pid")"
  family="$family $all"
  kill -s "${entry##*:}" "$pid" 2>/dev/null
  kill -s CONT $all 2>/dev/null
done
tries=0
while [ $tries -lt 30 ]; do
  left=0
  for pid in $family; do alive "$pid" && left=1; done
  [ $left = 0 ] && break
  sleep 0.1
  tries=$((tries + 1))
done
[ $left = 0 ] || kill -s KILL $family 2>/dev/null

tries=0
for folder; do
  # A process may still be writing its last file.
  until rm -rf -- "$folder" 2>/dev/null || [ $tries -ge 20 ]; do
    sleep 0.1
    tries=$((tries + 1))
  done
done
