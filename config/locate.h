/*
 * Where things are when the configuration does not say: from systemd's environment
 * (systemd.exec(5)), the XDG base directories for a user, and the file system hierarchy for the
 * system. Internal to config/. Results are heap strings: free() them.
 */
#ifndef COURANT_CONFIG_LOCATE_H
#define COURANT_CONFIG_LOCATE_H

/* The first configuration file of the search that is there, or NULL. One that cannot be read counts
 * as being there. */
char *conf_locate_file(void);
/* $STATE_DIRECTORY, else /var/lib/courant for root, else $XDG_STATE_HOME/courant. */
char *conf_locate_state_dir(void);
/* $COURANT_SOCKET, else courant.sock in $RUNTIME_DIRECTORY, else in /run/courant for root, else in
 * $XDG_RUNTIME_DIR/courant, else in the state directory. */
char *conf_locate_socket(const char *state_dir);

#endif
