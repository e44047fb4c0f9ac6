#!/usr/bin/env bash
# The part of run.sh that runs inside the Debian tree, with the repository read-only at /src.
set -euo pipefail

export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8
export PIP_ROOT_USER_ACTION=ignore PIP_DISABLE_PIP_VERSION_CHECK=1
unset PIP_FIND_LINKS PIP_CONSTRAINT

if [ ! -e /opt/rig/.complete ]; then
    echo "Installing picamera2 and the test tools..."
    python3 -m venv --system-site-packages /opt/rig
    /opt/rig/bin/pip install --quiet picamera2==0.3.38 'opencv-python-headless>=4.10,<5' 'av>=14' \
        'pytest>=8.3' 'pytest-timeout>=2.3' 'hypothesis>=6.100'
    touch /opt/rig/.complete
fi

cd /src
/opt/rig/bin/python tests/rig/picamera/make_pictures.py /var/rig/pictures
export LIBCAMERA_PIPELINES_MATCH_LIST=virtual LIBCAMERA_LOG_LEVELS='*:ERROR' PYTHONDONTWRITEBYTECODE=1
# Warnings are errors, but for what picamera2 itself does: old calls, and pipes left open without a camera.
exec /opt/rig/bin/python -m pytest -p no:cacheprovider -m rig \
    -W ignore::pytest.PytestUnraisableExceptionWarning -W ignore:setDaemon:DeprecationWarning \
    tests/rig/picamera "$@"
