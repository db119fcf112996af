/**
 * The controllers: they watch the source, one of them leads, and that one may promote a standby.
 */
package io.understudy.app.controller;
